import { setTimeout as pause } from 'node:timers/promises'
import { probeRoutes, type ProbeRoute } from '../contract/probe.js'
import { withDojo } from './connect.js'
import { Exit, wrongUsage } from './failure.js'
import { probeText } from './status-text.js'
import { reportText } from './probe-text.js'
import { settledState } from './status.js'
import { jsonOption, type Verb } from './verb.js'

interface Options {
  seconds: string
  rate: string
  route: string
  json?: boolean
}

export const probe: Verb = (program, { io, json }) => {
  program
    .command('probe')
    .summary('write through a client route for a while, and count what was lost')
    .description(
      'Writes through a client route and keeps a ledger; explains outages, and looks for lost and unknown writes on every host. Exit code 1: something was lost.',
    )
    .argument('<lab>')
    .option('--seconds <number>', 'how long', '10')
    .option('--rate <number>', 'writes per second', '40')
    .option('--route <name>', 'proxy, pgbouncer, direct, or read (which reads while the main route writes)', 'proxy')
    .option(...jsonOption)
    .action((lab: string, options: Options) => {
      const seconds = positive('--seconds', options.seconds)
      const rate = positive('--rate', options.rate)
      const route = routeNamed(options.route)
      return withDojo(async ({ client }) => {
        // one that runs for an attempt goes on after this command
        const ran = (await settledState(client, lab)).probe?.running === true
        const since = Date.now()
        // the age of an answer is told by what is written meanwhile
        const started: ProbeRoute[] = route === 'read' ? ['proxy', 'read'] : [route]
        for (const one of started) await client.probe.start({ lab, rate, route: one })
        const interrupted = new AbortController()
        const stop = io.onInterrupt(() => interrupted.abort())
        await pause(seconds * 1000, undefined, { signal: interrupted.signal }).catch(() => undefined)
        stop()
        for (const one of started.toReversed()) {
          if (one !== 'proxy' || !ran) await client.probe.stop({ lab, route: one })
        }
        const verified = route === 'read' ? null : await client.probe.verify({ lab, route })
        const report = await client.probe.explain({ lab, route, since })
        if (options.json) json({ ...report.stats, claim: report.claim, explained: report.outages })
        else io.out(`${probeText({ probe: report.stats })}\n${reportText(report)}`)
        if (verified?.lost) throw new Exit(1)
      })
    })
}

function routeNamed(given: string): ProbeRoute {
  const route = probeRoutes.find((name) => name === given)
  if (route) return route
  throw wrongUsage(
    '--route was not understood',
    `"${given}" is no route of a client`,
    `One of ${probeRoutes.join(', ')}`,
  )
}

function positive(flag: string, given: string): number {
  const value = Number(given)
  if (value > 0) return value
  throw wrongUsage(`${flag} was not understood`, `"${given}" is no number above 0`, `For example ${flag} 10`)
}
