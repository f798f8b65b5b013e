import { DojoError } from '../contract/errors.js'
import type { LabHandle } from '../lab/handle.js'
import { pgdata } from '../lab/plan.js'
import { waitFor } from '../util/wait-for.js'
import { toolsOf } from './pitr-run.js'
import type { Recovery } from './pitr-steps.js'
import { streams } from './pitr-verify.js'

const leaderMs = 60_000

/**
 * Starts Patroni again on the replicas that a recovery has stopped, and waits until they stream: without them nobody could
 * take over from the leader, which that recovery has not touched yet. Can be done again.
 * @throws DojoError pitr-failed when one can not be started, wait-timed-out when one does not stream
 */
export async function startReplicas(handle: LabHandle, recovery: Recovery, signal: AbortSignal): Promise<void> {
  const tools = toolsOf(handle, signal)
  // all of them are begun, also when one can't be
  const started = await Promise.allSettled(recovery.replicas.map((replica) => tools.sh(replica, 'sv start patroni')))
  const failed = started.findIndex(({ status }) => status === 'rejected')
  if (failed !== -1) {
    const { reason } = started[failed] as PromiseRejectedResult
    throw new DojoError('pitr-failed', {
      what: `Patroni could not be started again on ${recovery.replicas[failed]}`,
      why: reason instanceof DojoError ? reason.said.why : (reason as Error).message,
      next: `See to that, then give the recovery up again: \`dojo pitr ${handle.info.lab} --remove\``,
    })
  }
  // a cluster that had nobody who takes writes before is left as it was
  if (!recovery.production) return
  const leads = await waitFor(tools.production, (now) => now !== null, {
    what: 'somebody to lead',
    withinMs: leaderMs,
    signal,
    describe: () => 'nobody takes writes, or two do',
  })
  const others = [recovery.leader, ...recovery.replicas].filter((host) => host !== leads!.host)
  for (const replica of others) await streams(leads!.host, replica)(tools, [])
}

/** Ends the spare's PostgreSQL, and removes its data. @throws DojoError pitr-failed */
export async function removeSpare(handle: LabHandle, { spare }: Recovery, signal: AbortSignal): Promise<void> {
  const away = `! pg_ctl -D ${pgdata} status > /dev/null || pg_ctl -D ${pgdata} -m immediate -w stop; rm -rf ${pgdata}`
  const { code, stderr } = await handle.exec(spare, ['bash', '-c', away], { timeoutMs: 120_000, signal })
  if (code === 0) return
  throw new DojoError('pitr-failed', {
    what: `The spare on ${spare} could not be removed`,
    why: stderr.trim() || `exit code ${code}`,
    next: `Look at it: \`dojo shell ${handle.info.lab} ${spare}\``,
  })
}
