import type { Observer } from '../cluster/watcher.js'
import type { FaultKindInfo, FaultRecord } from '../contract/fault.js'
import { DojoError } from '../contract/errors.js'
import type { LabHandle } from '../lab/handle.js'
import { appClock } from '../util/clock.js'
import { createActions } from './actions.js'
import { createContext } from './context.js'
import { infoOf, type FaultKind, type FaultRequest } from './fault.js'
import { openFaultLedger, type Entry } from './ledger.js'
import { kinds } from './kinds.js'
import { createReconcile } from './reconcile.js'
import { rolesNow } from './roles.js'
import { createScheduled, newEntry } from './scheduled.js'
import { resolveTarget } from './targets.js'

export const faultKinds: readonly { kind: string; info: FaultKindInfo }[] = kinds.map((kind) => ({
  kind: kind.kind,
  info: infoOf(kind),
}))

export type { FaultRequest } from './fault.js'

export interface Faults {
  /** All faults of this lab, the oldest first. Those that are over are kept. */
  list(): FaultRecord[]
  /**
   * Applies a fault and resolves when its effect is proven. One that is scheduled for later is in the ledger when this
   * resolves, in the state `scheduled`, and its role is resolved when it is due. Of several, the first is returned.
   * @throws DojoError unknown-fault, unknown-host, usage, fault-refused before anything was done;
   * fault-without-effect when it was done and did not show
   */
  inject(request: FaultRequest): Promise<FaultRecord>
  /**
   * Heals one fault, or all that are active, and resolves when their health is proven. All are tried. What is only
   * scheduled is cancelled.
   * @throws DojoError unknown-fault, heal-without-effect; the fault then stays active
   */
  heal(id?: string): Promise<FaultRecord[]>
  /** Whether something is scheduled: an injection, or a heal. It happens only while this is open. */
  pending(): boolean
  /** Called with each record that changed. Returns the way to stop it. */
  onChange(listener: (record: FaultRecord) => void): () => void
  close(): Promise<void>
}

/**
 * The faults of one lab. Reads the ledger and compares it with what the engine says before it resolves: a host that was
 * started by hand has ended its crash, whoever did it.
 */
export async function createFaults({ lab, observer }: { lab: LabHandle; observer?: Observer }): Promise<Faults> {
  const ledger = await openFaultLedger(lab.dir)
  const listeners = new Set<(record: FaultRecord) => void>()
  const save = async (entry: Entry): Promise<FaultRecord> => {
    await ledger.write(entry)
    for (const listener of listeners) listener(entry.record)
    return entry.record
  }
  const kindOf = (name: string): FaultKind => {
    const found = kinds.find(({ kind }) => kind === name)
    if (found) return found
    throw new DojoError('unknown-fault', {
      what: `No fault "${name}"`,
      why: `the kinds are ${kinds.map(({ kind }) => kind).join(', ')}`,
      next: 'Use one of these; `dojo faults --kinds` explains them',
    })
  }
  const contextOf = (entry: Entry) => createContext(lab, kindOf(entry.record.kind), entry, () => ledger.write(entry))
  const actions = createActions({
    lab: lab.info.lab,
    save,
    contextOf,
    kindOf,
    entries: () => ledger.entries(),
    kernel: () => lab.kernel(),
  })
  const reconcile = createReconcile({ lab, ledger, save, contextOf, kindOf, isBusy: actions.isBusy })
  await reconcile.now()
  const stopWatching = observer?.onState(({ hosts }) => reconcile.onHosts(hosts))

  // one change at a time: a second fault must find the world that the first one made
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const turn = last.then(run, run)
    last = turn.catch(() => undefined)
    return turn
  }

  const targetOf = async (kind: FaultKind, target: string): Promise<string> =>
    (await resolveTarget(lab.info, kind, target, rolesNow(lab.info, observer))).name
  const scheduled = createScheduled({ lab, ledger, save, kindOf, targetOf, reconcile, actions, inTurn })

  return {
    list() {
      ledger.refresh()
      return ledger.entries().map(({ record }) => record)
    },
    pending: () => scheduled.pending(),
    inject: (request) =>
      inTurn(async () => {
        const kind = kindOf(request.kind)
        if (request.schedule) return scheduled.begin(kind, request, request.schedule)
        const target = await targetOf(kind, request.target)
        await reconcile.now()
        return actions.apply(kind, newEntry({ ...request, target }, { state: 'applying', appliedAt: appClock.now() }))
      }),
    heal: (id) =>
      inTurn(async () => {
        await reconcile.now()
        const all = ledger.entries()
        const open = all.filter(({ record }) => record.state === 'active' || record.state === 'scheduled')
        const wanted = id === undefined ? open : all.filter(({ record }) => record.id === id)
        if (id !== undefined && wanted.length === 0) throw unknownFault(id, open)
        // first what is to come: it would begin as soon as its host is back
        const cancelled = await scheduled.cancel(wanted)
        const healed = await actions.healAll(wanted.filter(({ record }) => !cancelled.includes(record)))
        return [...healed, ...cancelled]
      }),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      stopWatching?.()
      scheduled.close()
      await last
      await ledger.close()
    },
  }
}

function unknownFault(id: string, open: readonly Entry[]): DojoError {
  const ids = open.map(({ record }) => record.id).join(', ')
  return new DojoError('unknown-fault', {
    what: `No fault "${id}" in this lab`,
    why: ids === '' ? 'none is active' : `those that are active or scheduled are ${ids}`,
    next: ids === '' ? 'There is nothing to heal' : 'Use one of these, or heal all',
  })
}
