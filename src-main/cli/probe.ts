import { setTimeout as pause } from 'node:timers/promises'
import { withDojo } from './connect.js'
import { Exit, wrongUsage } from './failure.js'
import { seconds as inSeconds } from './output.js'
import { settledState } from './status.js'
import { probeText } from './status-text.js'
import { jsonOption, type Verb } from './verb.js'

interface Options {
  seconds: string
  rate: string
  json?: boolean
}

export const probe: Verb = (program, { io, json }) => {
  program
    .command('probe')
    .summary('write through the client route for a while, and count what was lost')
    .description(
      'Writes through the client route and keeps a ledger; reports outages, lost and unknown writes. Exit code 1: something was lost.',
    )
    .argument('<lab>')
    .option('--seconds <number>', 'how long', '10')
    .option('--rate <number>', 'writes per second', '40')
    .option(...jsonOption)
    .action((lab: string, options: Options) => {
      const seconds = positive('--seconds', options.seconds)
      const rate = positive('--rate', options.rate)
      return withDojo(async ({ client }) => {
        // one that runs for an attempt goes on after this command
        const ran = (await settledState(client, lab)).probe?.running === true
        await client.probe.start({ lab, rate })
        const interrupted = new AbortController()
        const stop = io.onInterrupt(() => interrupted.abort())
        await pause(seconds * 1000, undefined, { signal: interrupted.signal }).catch(() => undefined)
        stop()
        if (!ran) await client.probe.stop({ lab })
        const stats = await client.probe.verify({ lab })
        if (options.json) json(stats)
        else {
          io.out(`${probeText({ probe: stats })}\n`)
          for (const { from, seconds: gap, failed, unknown } of stats.outages) {
            io.out(
              `  ${new Date(from).toISOString()}  ${inSeconds(gap * 1000)}, ${failed} failed, ${unknown} unknown\n`,
            )
          }
        }
        if (stats.lost) throw new Exit(1)
      })
    })
}

function positive(flag: string, given: string): number {
  const value = Number(given)
  if (value > 0) return value
  throw wrongUsage(`${flag} was not understood`, `"${given}" is no number above 0`, `For example ${flag} 10`)
}
