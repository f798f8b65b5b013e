import { z } from 'zod'
import type { FaultRecord, Proof } from '../contract/fault.js'
import { DojoError } from '../contract/errors.js'
import { whyOf } from '../cluster/reading.js'
import type { LabHandle } from '../lab/handle.js'
import { appClock } from '../util/clock.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { waitFor } from '../util/wait-for.js'
import type { FaultContext, FaultKind } from './fault.js'
import type { Entry } from './ledger.js'
import { whyRefused } from './preconditions.js'

const log = logFor('faults')
const proofEveryMs = 100

interface Tools {
  lab: string
  /** Writes to the disk and tells the listeners. */
  save: (entry: Entry) => Promise<FaultRecord>
  contextOf: (entry: Entry) => FaultContext<Record<string, unknown>>
  kindOf: (kind: string) => FaultKind
  entries: () => Entry[]
  kernel: LabHandle['kernel']
}

export interface Actions {
  apply(kind: FaultKind, entry: Entry): Promise<FaultRecord>
  healAll(entries: readonly Entry[]): Promise<FaultRecord[]>
  /** Ids that this process is working on: their state is not for others to judge. */
  isBusy(id: string): boolean
}

export function createActions({ lab, save, contextOf, kindOf, entries, kernel }: Tools): Actions {
  const busy = new Set<string>()
  const guarded = async <T>(id: string, run: () => Promise<T>): Promise<T> => {
    busy.add(id)
    try {
      return await run()
    } finally {
      busy.delete(id)
    }
  }
  const update = (entry: Entry, change: Partial<FaultRecord>): Promise<FaultRecord> => {
    entry.record = { ...entry.record, ...change }
    return save(entry)
  }

  const apply = async (kind: FaultKind, entry: Entry): Promise<FaultRecord> => {
    const { target, id } = entry.record
    const context = ifValid(kind, () => contextOf(entry))
    const cuts = kind.cuts?.(context)
    entry.record = { ...entry.record, options: context.options, did: undefined, ...(cuts && { cuts }) }
    const refusal = await whyRefused(kind, context, entries(), { lab, kernel, kindOf })
    if (refusal) throw refusal
    await save(entry) // before anything is done
    const where = { lab, host: target, fault: id, kind: kind.kind }
    try {
      const did = await logged(log, 'apply fault', where, () => kind.apply(context))
      const effect = await proven(
        () => kind.proveEffect(context),
        kind.effectWithinMs,
        `${kind.kind} on ${target} to show`,
      )
      const isOver = kind.momentary?.(context.options) ?? false
      await update(entry, {
        ...(isOver ? { state: 'ended', healedAt: appClock.now() } : { state: 'active' }),
        did,
        effect,
      })
      for (const other of entries()) {
        const { record } = other
        if (record.target !== target || record.state !== 'active' || !kind.ends?.includes(record.kind)) continue
        await update(other, { state: 'healed', healedAt: appClock.now(), healing: effect })
      }
      return entry.record
    } catch (error) {
      const observed = error instanceof DojoError ? error.said.why : whyOf(error)
      // half of it may have happened: undo what can be undone, and say that it failed either way
      await kind.heal(context).catch((err: unknown) => log.warn({ ...where, err }, 'undoing it failed too'))
      await update(entry, { state: 'failed', healedAt: appClock.now(), effect: { holds: false, observed } })
      throw new DojoError(
        'fault-without-effect',
        {
          what: `Fault ${kind.kind} on ${target} did not take effect`,
          why: observed,
          next: `Look at \`dojo status ${lab}\``,
        },
        { cause: error },
      )
    }
  }

  const heal = async (entry: Entry): Promise<FaultRecord> => {
    const { record } = entry
    if (record.state !== 'active') return record // over already, by whatever hand
    const kind = kindOf(record.kind)
    const context = contextOf(entry)
    const where = { lab, host: record.target, fault: record.id, kind: record.kind }
    await update(entry, { state: 'healing' })
    try {
      // with limits of its own and no caller's signal: a cancelled request must not leave a fault half healed
      await logged(log, 'heal fault', where, () => kind.heal(context))
      const healing = await proven(
        () => kind.proveHealed(context),
        kind.healedWithinMs,
        `${record.target} to be healed`,
      )
      return await update(entry, { state: 'healed', healedAt: appClock.now(), healing })
    } catch (error) {
      const observed = error instanceof DojoError ? error.said.why : whyOf(error)
      await update(entry, { state: 'active', healing: { holds: false, observed } })
      throw new DojoError(
        'heal-without-effect',
        {
          what: `Fault ${record.kind} on ${record.target} is not healed`,
          why: observed,
          next: `Look at \`dojo status ${lab}\`, then heal it again`,
        },
        { cause: error },
      )
    }
  }

  return {
    isBusy: (id) => busy.has(id),
    apply: (kind, entry) => guarded(entry.record.id, () => apply(kind, entry)),
    async healAll(all) {
      const results = await Promise.allSettled(all.map((entry) => guarded(entry.record.id, () => heal(entry))))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason as Error
      return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    },
  }
}

/** Options that do not fit are the caller's mistake: each with its place and what would be right. */
export function ifValid<T>(kind: FaultKind, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const wrong = error.issues.map(({ path, message }) => `${path.join('.') || 'options'}: ${message}`).join('; ')
    const known = Object.keys(kind.options.shape).join(', ') || 'none'
    throw new DojoError('usage', {
      what: `Options of fault ${kind.kind} do not fit`,
      why: wrong,
      next: `Its options: ${known}. \`dojo faults --kinds\` explains them`,
    })
  }
}

const proven = (read: () => Promise<Proof>, withinMs: number, what: string): Promise<Proof> =>
  waitFor(read, ({ holds }) => holds, {
    what,
    withinMs,
    everyMs: proofEveryMs,
    signal: new AbortController().signal,
    describe: ({ observed }) => observed,
  })
