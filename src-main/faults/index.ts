import { randomBytes } from 'node:crypto'
import type { Observer } from '../cluster/watcher.js'
import type { FaultKindInfo, FaultRecord } from '../contract/fault.js'
import { DojoError } from '../contract/errors.js'
import type { LabHandle } from '../lab/handle.js'
import { createActions } from './actions.js'
import { createContext } from './context.js'
import { crash } from './crash.js'
import { infoOf, type FaultKind } from './fault.js'
import { freeze } from './freeze.js'
import { kill } from './kill.js'
import { openFaultLedger, type Entry } from './ledger.js'
import { createReconcile } from './reconcile.js'
import { lostFiles } from './lost-files.js'
import { currentRoles } from './roles.js'
import { partition } from './partition.js'
import { start } from './start.js'
import { standbysRefused } from './standbys-refused.js'
import { stop } from './stop.js'
import { resolveTarget } from './targets.js'

/** Every kind: the command line, schemas, screens and docs derive from this one list. */
const kinds: readonly FaultKind[] = [crash, stop, freeze, start, kill, partition, lostFiles, standbysRefused]

export const faultKinds: readonly { kind: string; info: FaultKindInfo }[] = kinds.map((kind) => ({
  kind: kind.kind,
  info: infoOf(kind),
}))

export interface FaultRequest {
  kind: string
  /** A host's name, or a role: leader, sync-standby, any-replica, witness. */
  target: string
  options?: Record<string, unknown>
  by?: FaultRecord['by']
}

export interface Faults {
  /** All faults of this lab, the oldest first. Those that are over are kept. */
  list(): FaultRecord[]
  /**
   * Applies a fault and resolves when its effect is proven.
   * @throws DojoError unknown-fault, unknown-host, usage, fault-refused before anything was done;
   * fault-without-effect when it was done and did not show
   */
  inject(request: FaultRequest): Promise<FaultRecord>
  /**
   * Heals one fault, or all that are active, and resolves when their health is proven. All are tried.
   * @throws DojoError unknown-fault, heal-without-effect; the fault then stays active
   */
  heal(id?: string): Promise<FaultRecord[]>
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

  return {
    list() {
      ledger.refresh()
      return ledger.entries().map(({ record }) => record)
    },
    inject: ({ kind: name, target, options = {}, by = 'learner' }) =>
      inTurn(async () => {
        const kind = kindOf(name)
        const host = await resolveTarget(lab.info, kind, target, () => currentRoles(lab.info, observer))
        await reconcile.now()
        const id = `f${randomBytes(4).toString('hex')}`
        const record: FaultRecord = {
          id,
          kind: name,
          target: host.name,
          options,
          state: 'applying',
          appliedAt: Date.now(),
          by,
        }
        return actions.apply(kind, { record, notes: {} })
      }),
    heal: (id) =>
      inTurn(async () => {
        await reconcile.now()
        const all = ledger.entries()
        if (id === undefined) return actions.healAll(all.filter(({ record }) => record.state === 'active'))
        const entry = all.find(({ record }) => record.id === id)
        if (entry) return actions.healAll([entry])
        const active = all.filter(({ record }) => record.state === 'active').map(({ record }) => record.id)
        throw new DojoError('unknown-fault', {
          what: `No fault "${id}" in this lab`,
          why: active.length > 0 ? `the active ones are ${active.join(', ')}` : 'none is active',
          next: active.length > 0 ? 'Use one of these, or heal all' : 'There is nothing to heal',
        })
      }),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      stopWatching?.()
      await last
      await ledger.close()
    },
  }
}
