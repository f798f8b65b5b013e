import { setTimeout as pause } from 'node:timers/promises'
import { isSynchronous } from '../cluster/health/cluster.js'
import type { ClusterState } from '../contract/cluster.js'
import type { LabInfo } from '../contract/lab.js'
import type { Outage } from '../contract/probe.js'
import type { LabEvent, LabRecord } from '../contract/record.js'
import type { Probe } from '../probe/probe.js'
import { appClock } from '../util/clock.js'
import { logFor } from '../util/log.js'

const log = logFor('verify')

/** The route may lead to the wrong host for a moment, or the primary may go again: asked until somebody can say. */
const askAgainMs = 2_000
const tries = 30

export interface VerifyInput {
  info: Pick<LabInfo, 'lab' | 'spec'>
  probe: Pick<Probe, 'onRecord' | 'verify' | 'verification'>
  state: () => ClusterState
  append: (record: LabRecord) => void
  signal: AbortSignal
  retryMs?: number
}

/**
 * The second safety invariant: no acknowledged write is lost where synchronous mode promises it. After every outage, the
 * ledger is compared with the primary that is there then. Returns the way to stop it.
 */
export function verifyAfterOutages({
  info,
  probe,
  state,
  append,
  signal,
  retryMs = askAgainMs,
}: VerifyInput): () => void {
  const atMost = info.spec.promises.lostAcknowledgedWrites?.atMost
  let lostBefore = 0
  let synchronous = false
  let checking = false
  let again: Outage | null = null

  const ask = async (): Promise<boolean> => {
    for (let left = tries; left > 0 && !signal.aborted; left--) {
      try {
        await probe.verify()
        return true
      } catch {
        await pause(retryMs, undefined, { signal }).catch(() => undefined)
      }
    }
    return false
  }
  const check = async (outage: Outage, promised: boolean): Promise<void> => {
    const answered = await ask()
    const found = probe.verification()
    if (signal.aborted || !answered || !found) return
    const { lost, examples, host } = found
    const t = appClock.now()
    const text = lost === 0 ? 'no acknowledged write is lost' : `${lost} acknowledged writes are lost`
    const data = { lost, examples, host, promised, outage }
    append({ t, k: 'event', kind: 'writes.verified', host, text, data, source: 'probe' } satisfies LabEvent)
    const isNew = lost > lostBefore
    lostBefore = lost
    if (!isNew || !promised || lost <= (atMost ?? 0)) return
    // they were lost at some time in the outage, and stay so
    const at = { from: outage.lastAckAt, fromU: 0, to: null, toU: 0 }
    append({
      t,
      u: Math.max(0, t - outage.lastAckAt),
      k: 'event',
      kind: 'invariant.violated',
      host,
      text: `${lost} acknowledged writes are lost, though synchronous mode was on`,
      data: { invariant: 'lostAcknowledgedWrites', atMost, hosts: [host], ...at, lost, ids: examples },
      source: 'probe',
    } satisfies LabEvent)
  }
  const promisesNow = (): boolean => isSynchronous(state().dcs.value?.config['synchronous_mode'])

  const run = (outage: Outage): void => {
    if (checking) {
      again = outage
      return
    }
    checking = true
    const promised = atMost !== undefined && synchronous && promisesNow()
    check(outage, promised)
      .catch((err: unknown) => log.error({ lab: info.lab, err }, 'writes could not be verified'))
      .finally(() => {
        checking = false
        const next = again
        again = null
        if (next && !signal.aborted) run(next)
      })
  }
  return probe.onRecord((record) => {
    if (record.k !== 'event') return
    if (record.kind === 'outage.began') synchronous = promisesNow()
    if (record.kind === 'outage.ended') run(record.data as unknown as Outage)
  })
}
