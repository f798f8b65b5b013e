import type { DojoClient } from '../api/local-client.js'
import type { ClusterState } from '../contract/cluster.js'
import type { LabInfo } from '../contract/lab.js'
import type { LabSummary } from '../contract/rpc.js'
import { unknownLab } from '../contract/errors.js'
import { withDojo } from './connect.js'
import { statusText } from './status-text.js'
import { jsonOption, type Verb } from './verb.js'

/** A source that has not answered after this long is shown as silent. */
const settlesWithinMs = 4_000

export const status: Verb = (program, { io, json }) => {
  program
    .command('status')
    .summary('what a cluster does now: leader, lease, replication, backups')
    .description(
      'Shows a lab as its observer sees it, with the age of what is old. With --watch --json: one object per line.',
    )
    .argument('<lab>')
    .option('--watch', 'go on until Ctrl+C')
    .option(...jsonOption)
    .action((lab: string, options: { watch?: boolean; json?: boolean }) =>
      withDojo(async ({ client }) => {
        const summary = await summaryOf(client, lab)
        if (!options.watch) {
          const state = await settledState(client, lab)
          if (options.json) json({ topology: summary.topology, state: summary.state, ...state })
          else io.out(statusText(summary, await client.labs.get({ lab }), state))
          return
        }
        const stop = new AbortController()
        io.onInterrupt(() => stop.abort())
        let info: LabInfo | undefined
        try {
          for await (const state of await client.cluster.watch({ lab }, { signal: stop.signal })) {
            if (options.json) {
              io.out(`${JSON.stringify({ topology: summary.topology, state: summary.state, ...state })}\n`)
              continue
            }
            info ??= await client.labs.get({ lab })
            io.out(`${io.tty ? '\u001B[H\u001B[2J' : ''}${statusText(summary, info, state)}`)
          }
        } catch (error) {
          if (!stop.signal.aborted) throw error
        }
      }),
    )
}

export async function summaryOf(client: DojoClient, lab: string): Promise<LabSummary> {
  const labs = await client.labs.list()
  const found = labs.find((each) => each.lab === lab)
  if (!found)
    throw unknownLab(
      lab,
      labs.map((each) => each.lab),
    )
  return found
}

/** Whether every source has answered, or said why not. */
function settled({ hosts, dcs, etcd, backup }: ClusterState): boolean {
  const parts = [dcs, etcd, backup, ...hosts.flatMap(({ engine, patroni, postgres }) => [engine, patroni, postgres])]
  const leaseMissing = dcs.value !== null && dcs.value.leader !== null && dcs.value.lease === null
  return !leaseMissing && parts.every((part) => part === undefined || part.at !== null || part.error !== undefined)
}

/** The cluster's state once every source was asked: an observer that begins just now knows nothing yet. */
export async function settledState(client: DojoClient, lab: string): Promise<ClusterState> {
  const stop = new AbortController()
  let late: NodeJS.Timeout | undefined
  let last: ClusterState | null = null
  try {
    for await (const state of await client.cluster.watch({ lab }, { signal: stop.signal })) {
      last = state
      if (settled(state)) break
      // from the first word on: opening the lab may take its time on a busy machine
      late ??= setTimeout(() => stop.abort(), settlesWithinMs)
    }
  } catch (error) {
    if (!last) throw error
  } finally {
    clearTimeout(late)
    stop.abort()
  }
  if (!last) throw new Error(`nothing was seen of lab ${lab}`)
  return last
}
