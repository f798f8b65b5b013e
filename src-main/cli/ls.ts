import { withDojo } from './connect.js'
import { ago, stateWord, table } from './output.js'
import { jsonOption, type Verb } from './verb.js'

export const ls: Verb = (program, { io, json }) => {
  program
    .command('ls')
    .summary('list the labs here')
    .option(...jsonOption)
    .action((options: { json?: boolean }) =>
      withDojo(
        async ({ client }) => {
          const labs = await client.labs.list()
          if (options.json) return json({ labs })
          if (labs.length === 0) return io.out('no labs; start one with `dojo up pair-witness`\n')
          const rows = labs.map(({ lab, topology, state, createdAt, hosts, attempt }) => {
            const up = hosts.filter(({ container }) => container === 'running').length
            const seen = hosts.length === 0 ? 'not known' : `${up} of ${hosts.length} run`
            return [lab, topology, stateWord(state), seen, ago(createdAt), attempt ?? '-']
          })
          io.out(table(rows, ['lab', 'topology', 'state', 'hosts', 'made', 'attempt']))
        },
        { recovers: true },
      ),
    )
}
