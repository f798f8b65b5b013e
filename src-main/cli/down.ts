import { withDojo } from './connect.js'
import { wrongUsage } from './failure.js'
import { count } from './output.js'
import { jsonOption, type Verb } from './verb.js'

export const down: Verb = (program, { io, json }) => {
  program
    .command('down')
    .summary('remove a lab, or all')
    .description("Removes a lab: its hosts, its network, its folder. Removing again is no error of the engine's.")
    .argument('[lab]')
    .option('--all', 'every lab of this DOJO_HOME')
    .option(...jsonOption)
    .action(async (lab: string | undefined, options: { all?: boolean; json?: boolean }) => {
      if ((lab === undefined) === (options.all !== true)) {
        throw wrongUsage('Which lab?', 'give one name, or --all', 'List them with `dojo ls`')
      }
      await withDojo(
        async ({ client }) => {
          const labs = lab === undefined ? (await client.labs.list()).map((each) => each.lab) : [lab]
          const startedAt = performance.now()
          await Promise.all(labs.map((each) => client.labs.down({ lab: each })))
          const seconds = Math.round((performance.now() - startedAt) / 100) / 10
          if (options.json) return json({ removed: labs, seconds })
          io.out(
            labs.length === 0
              ? 'no labs\n'
              : `removed ${count(labs.length, 'lab')}: ${labs.join(', ')} (${seconds} s)\n`,
          )
        },
        { recovers: options.all === true },
      )
    })
}
