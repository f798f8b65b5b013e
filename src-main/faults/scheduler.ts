import { whyOf } from '../cluster/reading.js'
import { DojoError } from '../contract/errors.js'
import type { FaultRecord } from '../contract/fault.js'
import { logFor } from '../util/log.js'
import type { Entry, FaultLedger } from './ledger.js'
import { dueNow, isPending, nextDueAt, type Due } from './schedule.js'
import { appClock } from '../util/clock.js'

const log = logFor('faults')

/** The ledger may change under us, and the machine's clock may jump or sleep: look this often while something is to come. */
const lookEveryMs = 1_000
/** An injection may be as late as that, for example because the one before it took long. */
const tolerateMs = 30_000
/** A heal that failed is tried again after that, as long as the fault is there. */
const againMs = 15_000

interface Tools {
  lab: string
  ledger: FaultLedger
  save: (entry: Entry) => Promise<FaultRecord>
  /** Injects what is due. Rejects with the reason. */
  inject: (entry: Entry) => Promise<unknown>
  heal: (entry: Entry) => Promise<unknown>
  /** Whether a process that lives, and is not this one, wrote the entry last: its timer is at work. */
  isAnothers: (entry: Entry) => boolean
}

export interface Scheduler {
  /** Call when something was scheduled. */
  arm(): void
  close(): void
}

/** Injects and heals at the times that the ledger has. All that it knows is in the ledger: a restart changes nothing. */
export function createScheduler({ lab, ledger, save, inject, heal, isAnothers }: Tools): Scheduler {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const busy = new Set<string>()
  const notBefore = new Map<string, number>()

  const fail = async (entry: Entry, observed: string): Promise<void> => {
    entry.record = { ...entry.record, state: 'failed', healedAt: appClock.now(), effect: { holds: false, observed } }
    await save(entry)
  }
  const act = async (entry: Entry, due: Exclude<Due, null>): Promise<void> => {
    const { record } = entry
    const where = { lab, fault: record.id, kind: record.kind, host: record.target }
    log.info({ ...where, due }, 'the time of a fault has come')
    try {
      if (due === 'miss') {
        const lateS = Math.round((appClock.now() - record.appliedAt) / 1000)
        return await fail(entry, `the app was not there when it was due, ${lateS} s ago; nothing was done`)
      }
      await (due === 'inject' ? inject(entry) : heal(entry))
    } catch (err) {
      log.warn({ ...where, err }, `${due} failed`)
      if (due === 'heal') notBefore.set(record.id, appClock.now() + againMs)
      // refused before anything was done; what fails later has its record already
      else if (['scheduled', 'applying'].includes(entry.record.state)) await fail(entry, reasonOf(err))
    }
  }
  const mine = (): Entry[] => ledger.entries().filter((entry) => isPending(entry.record) && !isAnothers(entry))
  const tick = (tolerate: number): void => {
    ledger.refresh()
    const now = appClock.now()
    for (const entry of mine()) {
      const { id } = entry.record
      const due = dueNow(entry.record, now, tolerate)
      if (due === null || busy.has(id) || (notBefore.get(id) ?? 0) > now) continue
      busy.add(id)
      act(entry, due)
        .catch((err: unknown) => log.error({ lab, fault: id, err }, 'the ledger could not be written'))
        .finally(() => {
          busy.delete(id)
          arm()
        })
    }
    arm()
  }
  const arm = (): void => {
    clearTimeout(timer)
    const next = closed ? null : nextDueAt(ledger.entries().map(({ record }) => record))
    if (next === null) return
    // what is under way, or waits for its next try, is due already
    const leftMs = next - appClock.now()
    timer = setTimeout(() => tick(tolerateMs), Math.min(leftMs > 0 ? leftMs : lookEveryMs, lookEveryMs)).unref()
  }

  tick(0) // what became due while nobody was there
  return {
    arm,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof DojoError ? `${error.said.what}: ${error.said.why}` : whyOf(error)
