import { randomBytes } from 'node:crypto'
import { DojoError } from '../contract/errors.js'
import type { FaultRecord, FaultSchedule } from '../contract/fault.js'
import type { LabHandle } from '../lab/handle.js'
import { ifValid, type Actions } from './actions.js'
import type { FaultKind, FaultRequest } from './fault.js'
import type { Entry, FaultLedger } from './ledger.js'
import { whyKernelLacks } from './preconditions.js'
import { isAnothers, type Reconcile } from './reconcile.js'
import { isPending, occurrences, whyNotScheduled } from './schedule.js'
import { createScheduler } from './scheduler.js'
import { isRole } from './targets.js'
import { appClock } from '../util/clock.js'

interface Tools {
  lab: LabHandle
  ledger: FaultLedger
  save: (entry: Entry) => Promise<FaultRecord>
  kindOf: (kind: string) => FaultKind
  /** Name of the host that a target means now. */
  targetOf: (kind: FaultKind, target: string) => Promise<string>
  reconcile: Reconcile
  actions: Actions
  inTurn: <T>(run: () => Promise<T>) => Promise<T>
}

/** Faults that happen, or heal, at a later time. */
export interface Scheduled {
  /** Call in turn. Resolves to the first record of the request: applied when it is due now, else in state `scheduled`. */
  begin(kind: FaultKind, request: FaultRequest, schedule: FaultSchedule): Promise<FaultRecord>
  /** Those of the entries that have not begun never will. Resolves to their records. */
  cancel(entries: readonly Entry[]): Promise<FaultRecord[]>
  pending(): boolean
  close(): void
}

/** A new entry for the ledger; not written yet. */
export const newEntry = (
  { kind, target, options = {}, by = 'learner' }: FaultRequest,
  at: Pick<FaultRecord, 'state' | 'appliedAt' | 'schedule'>,
): Entry => ({
  record: { id: `f${randomBytes(4).toString('hex')}`, kind, target, options, by, ...at },
  notes: {},
})

export function createScheduled({ lab, ledger, save, kindOf, targetOf, reconcile, actions, inTurn }: Tools): Scheduled {
  const apply = async (entry: Entry): Promise<FaultRecord> => {
    const { record } = entry
    const kind = kindOf(record.kind)
    const target = await targetOf(kind, record.target)
    entry.record = { ...record, target, state: 'applying', appliedAt: appClock.now() }
    return actions.apply(kind, entry)
  }
  const scheduler = createScheduler({
    lab: lab.info.lab,
    ledger,
    save,
    isAnothers,
    inject: (entry) =>
      inTurn(async () => {
        await reconcile.now()
        // cancelled while it waited for its turn, here or by another process
        if (!ledger.entries().includes(entry) || entry.record.state !== 'scheduled') return
        await apply(entry)
      }),
    heal: (entry) => inTurn(() => actions.healAll([entry])),
  })

  /** Says now what is wrong at any time, and not only when it is due. */
  const refuse = async (kind: FaultKind, request: FaultRequest, schedule: FaultSchedule): Promise<void> => {
    const options = ifValid(kind, () => kind.options.parse(request.options ?? {}))
    const why = whyNotScheduled(schedule, kind.momentary?.(options) ?? false)
    if (why !== null) {
      const next = 'Say after, for, every and times so that they fit each other'
      throw new DojoError('usage', { what: `The schedule of fault ${kind.kind} does not fit`, why, next })
    }
    const lacking = await whyKernelLacks(kind, () => lab.kernel())
    if (lacking) throw lacking
    if (!isRole(lab.info, request.target)) await targetOf(kind, request.target)
  }

  return {
    async begin(kind, request, schedule) {
      await refuse(kind, request, schedule)
      await reconcile.now()
      const { forMs, afterMs = 0 } = schedule
      const role = isRole(lab.info, request.target) ? request.target : undefined
      const [first, ...others] = occurrences(schedule, appClock.now()).map(({ dueAt, n, of }) =>
        newEntry(request, {
          state: 'scheduled',
          appliedAt: dueAt,
          schedule: { dueAt, n, of, ...(forMs !== undefined && { forMs }), ...(role && { role }) },
        }),
      ) as [Entry, ...Entry[]]
      if (afterMs === 0) await apply(first) // one that can't begin has no sequel
      else await save(first)
      for (const entry of others) await save(entry)
      scheduler.arm()
      return first.record
    },
    cancel: (entries) =>
      Promise.all(
        entries
          .filter(({ record }) => record.state === 'scheduled')
          .map((entry) => {
            const healing = { holds: true, observed: 'cancelled before it was due' }
            entry.record = { ...entry.record, state: 'ended', healedAt: appClock.now(), healing }
            return save(entry)
          }),
      ),
    pending: () => ledger.entries().some(({ record }) => isPending(record)),
    close: () => scheduler.close(),
  }
}
