import { withDojo } from './connect.js'
import { Exit } from './failure.js'
import { healthText } from './health-text.js'
import { settledState, summaryOf } from './status.js'
import { jsonOption, type Verb } from './verb.js'

export const health: Verb = (program, { io, json }) => {
  program
    .command('health')
    .summary('what is wrong with a cluster, since when, and what to look at next')
    .description(
      'Looks at every host and subsystem of a lab. Exit code 0: nothing is wrong; 1: something is. `cluster-health` on a host says the same without dojo.',
    )
    .argument('<lab>')
    .option(...jsonOption)
    .action((lab: string, options: { json?: boolean }) =>
      withDojo(async ({ client }) => {
        await summaryOf(client, lab)
        await settledState(client, lab)
        const report = await client.health.get({ lab })
        if (options.json) json(report)
        else io.out(healthText(report))
        if (!report.healthy) throw new Exit(1)
      }),
    )
}
