import type { HostView } from '../contract/cluster.js'
import type { FaultRecord } from '../contract/fault.js'
import type { LabHandle } from '../lab/handle.js'
import { appClock } from '../util/clock.js'
import { logFor } from '../util/log.js'
import type { FaultContext, FaultKind } from './fault.js'
import type { Entry, FaultLedger } from './ledger.js'

const log = logFor('faults')

interface Tools {
  lab: LabHandle
  ledger: FaultLedger
  save: (entry: Entry) => Promise<FaultRecord>
  contextOf: (entry: Entry) => FaultContext<Record<string, unknown>>
  kindOf: (kind: string) => FaultKind
  isBusy: (id: string) => boolean
}

export interface Reconcile {
  /** Compares every open record with the world. Never rejects: what can't be judged stays as it is. */
  now(): Promise<void>
  /** Hosts as the observer sees them; looks closer only when a container or a role changed. */
  onHosts(hosts: readonly HostView[]): void
}

/**
 * The ledger says what was meant; the engine says what is. After a crash of the app between "written" and "applied", after
 * a `docker start` by hand, or after another process healed something, the two differ: the world is right.
 */
export function createReconcile({ lab, ledger, save, contextOf, kindOf, isBusy }: Tools): Reconcile {
  const judge = async (entry: Entry): Promise<void> => {
    const { record } = entry
    const kind = kindOf(record.kind)
    const context = contextOf(entry)
    const applying = record.state === 'applying'
    const untouched = applying && kind.notesFirst === true && Object.keys(entry.notes).length === 0
    // one that was done half never showed its effect: it is there until its health is proven
    const wasHalf = !applying && record.effect?.holds === false
    const holds = !untouched && (wasHalf ? !(await kind.proveHealed(context)).holds : await kind.holdsStill(context))
    // a momentary fault may have been and gone, and has nothing to heal
    const momentary = kind.momentary?.(context.options) ?? false
    const half = applying && !holds && !untouched && !momentary ? await kind.proveHealed(context) : null
    if (isBusy(record.id) || entry.record !== record) return
    const now = appClock.now()
    const change = ((): Partial<FaultRecord> | null => {
      if (applying) {
        if (holds) return { state: 'active', effect: { holds, observed: 'found in effect after the app ended' } }
        // what it did half is there to be healed, and stays in sight until it is
        if (half && !half.holds)
          return { state: 'active', effect: { holds, observed: `the app ended in the middle of it: ${half.observed}` } }
        const effect = { holds, observed: 'the app ended before it took effect' }
        return { state: momentary ? 'ended' : 'failed', healedAt: now, effect }
      }
      if (holds) return record.state === 'healing' ? { state: 'active' } : null
      const healing = {
        holds: true,
        observed:
          record.state === 'healing'
            ? 'found healed'
            : (kind.whenGone ?? '{host} is back, by another hand').replace('{host}', record.target),
      }
      return { state: record.state === 'healing' ? 'healed' : 'ended', healedAt: now, healing }
    })()
    if (!change) return
    log.info(
      { lab: lab.info.lab, host: record.target, fault: record.id, from: record.state, to: change.state },
      'a fault’s record follows the world',
    )
    entry.record = { ...record, ...change }
    await save(entry)
  }

  /** Another fault of ours is about to end this one, and will say so itself. */
  const isEnding = ({ record }: Entry): boolean =>
    ledger
      .entries()
      .some(
        (other) =>
          isBusy(other.record.id) &&
          other.record.target === record.target &&
          kindOf(other.record.kind).ends?.includes(record.kind),
      )
  const isOpen = (entry: Entry): boolean =>
    ['applying', 'active', 'healing'].includes(entry.record.state) &&
    !isBusy(entry.record.id) &&
    !(entry.record.state !== 'active' && isAnothers(entry)) &&
    !isEnding(entry)
  const now = async (): Promise<void> => {
    ledger.refresh()
    await Promise.all(
      ledger
        .entries()
        .filter(isOpen)
        .map((entry) =>
          judge(entry).catch((err: unknown) =>
            log.warn({ lab: lab.info.lab, fault: entry.record.id, err }, 'a fault can’t be compared with the world'),
          ),
        ),
    )
  }

  let standing = ''
  let running = false
  return {
    now,
    onHosts(hosts) {
      // what a learner mends by hand shows in a role or its note: a standby streams again
      const next = hosts
        .map(
          ({ engine, role, note }) => `${engine.value?.container ?? '?'}@${engine.value?.since ?? 0} ${role} ${note}`,
        )
        .join()
      if (next === standing || running) return
      standing = next
      running = true
      void now().finally(() => (running = false))
    },
  }
}

/** The command line and the window may both be at work on one lab: whether another process that lives wrote it last. */
export const isAnothers = ({ pid }: Entry): boolean => pid !== undefined && pid !== process.pid && isAlive(pid)

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
