import { metricsMinutes } from '../contract/metrics.js'
import { firstOf, withDojo } from './connect.js'
import { wrongUsage } from './failure.js'
import { metricsText } from './metrics-text.js'
import { jsonOption, type Verb } from './verb.js'

export const metrics: Verb = (program, { io, json }) => {
  program
    .command('metrics')
    .summary('the figures that Prometheus has of a lab')
    .description('Prints, for every figure and host, what it is now, and its least and most over the last minutes.')
    .argument('<lab>')
    .option('--minutes <number>', 'how far back', '10')
    .option(...jsonOption)
    .action((lab: string, options: { minutes: string; json?: boolean }) => {
      const minutes = metricsMinutes.safeParse(Number(options.minutes))
      if (!minutes.success)
        throw wrongUsage(
          '--minutes was not understood',
          `"${options.minutes}" is no number from 1 to 360`,
          'For example --minutes 30',
        )
      return withDojo(async ({ client }) => {
        const view = await firstOf((signal) => client.metrics.watch({ lab, minutes: minutes.data }, { signal }))
        if (options.json) json(view)
        else io.out(metricsText(view))
      })
    })
}
