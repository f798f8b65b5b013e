import { setTimeout as pause } from 'node:timers/promises'
import type { Credentials, LabInfo } from '../contract/lab.js'
import type { Outage, ProbeStats } from '../contract/probe.js'
import type { LabRecord } from '../contract/record.js'
import { DojoError } from '../contract/errors.js'
import { query } from '../cluster/postgres.js'
import { whyOf } from '../cluster/reading.js'
import { appClock } from '../util/clock.js'
import { logFor } from '../util/log.js'
import { openLedger, type Ledger } from './ledger.js'
import { trackOutages, type OutageEvent, type OutageTracker } from './outages.js'
import { createSql, insertSql, verifyWrites, type Verification } from './table.js'
import { countTicks, type TickCounter } from './ticks.js'
import { Writer, type WriteOutcome } from './writer.js'

/** Enough that writes which hang do not keep the others from being tried; each can leave one write unknown. */
const connections = 6
const flushEveryMs = 220
/** A write that waits longer than this is hanging, not slow. */
const hangsMs = 500
const tableRetryMs = 300
/** A probe that has just begun may take this long to find its table before attempts count as failed. */
const warmUpMs = 2000

const log = logFor('probe')

export interface ProbeInput {
  info: LabInfo
  credentials: Credentials
  /** The lab's own folder: the ledger goes there. */
  dir: string
  /** Writes per second while all is well. */
  rate?: number
}

export interface WindowStats {
  acknowledged: number
  failed: number
  unknown: number
  outages: Outage[]
}

/** A client that writes by the client's route and keeps a ledger of what was acknowledged. */
export interface Probe {
  /** Begins to write, or changes the rate. Resolves when the ledger is open; the first write may still have to wait. */
  start(rate?: number): Promise<void>
  stop(): Promise<void>
  stats(): ProbeStats
  /** Called 4 to 5 times a second while the probe runs. */
  onStats(listener: (stats: ProbeStats) => void): () => void
  /** Ticks and outage events. */
  onRecord(listener: (record: LabRecord) => void): () => void
  /** Asks the present primary for every acknowledged write of this lab, of earlier runs too. @throws DojoError host-down */
  verify(): Promise<ProbeStats>
  /** What the last verification found, with examples; null before the first. */
  verification(): Verification | null
  /** Counts and outages since a moment (epoch ms). An outage that reaches into the window belongs to it. */
  since(t: number): WindowStats
}

type Counted = { at: number; outcome: WriteOutcome['outcome'] }

/** Remembered one by one, for windows; half an hour at 40 writes per second. */
const mostCounted = 80_000

export function createProbe({ info, credentials, dir, rate: asked = 40 }: ProbeInput): Probe {
  const statsListeners = new Set<(stats: ProbeStats) => void>()
  const recordListeners = new Set<(record: LabRecord) => void>()
  let ledger: Ledger | null = null
  let rate = asked
  let running = false
  let startedAt = appClock.now()
  let writers: Writer[] = []
  let timers: NodeJS.Timeout[] = []
  let tableReady = false
  let run = 0
  let nextId = 1
  let ticks: TickCounter = countTicks(startedAt)
  let tracker: OutageTracker = trackOutages(startedAt)
  const earlier: Outage[] = []
  const totals = { acknowledged: 0, failed: 0, unknown: 0 }
  let counted: Counted[] = []
  let lastError: string | undefined
  let verified: { found: Verification; at: number } | null = null
  let stopClock = (): void => undefined

  const emit = (record: LabRecord): void => {
    for (const listener of recordListeners) listener(record)
  }
  const outageEvents = (events: readonly OutageEvent[]): void => {
    for (const { what, outage } of events) emit(outageRecord(what, outage))
  }
  const settle = (id: number, sentAt: number, { outcome, why, code }: WriteOutcome): void => {
    const at = appClock.now()
    if (why) lastError = why
    // somebody dropped the table or went back to a time before it
    if (tableReady && (code === '42P01' || code === '3F000')) {
      tableReady = false
      void makeTable()
    }
    totals[outcome]++
    counted.push({ at: outcome === 'unknown' ? sentAt : at, outcome })
    if (counted.length > mostCounted) counted = counted.slice(-mostCounted / 2)
    if (outcome === 'acknowledged') {
      ledger?.acknowledged(run, id)
      ticks.count('acked', at)
      outageEvents(tracker.acknowledged(sentAt, at))
      return
    }
    if (outcome === 'unknown') ledger?.unknown(run, id)
    ticks.count(outcome, outcome === 'unknown' ? sentAt : at)
    outageEvents(tracker.missed(outcome, sentAt, at))
  }

  let turn = 0
  /** One attempt. Without a usable connection it could not be sent; a client would have seen an error. */
  const attempt = (): void => {
    const now = appClock.now()
    const writer = tableReady ? nextIdle() : undefined
    const id = nextId
    if (writer) {
      nextId++
      void writer.write(insertSql, [run, id]).then((outcome) => settle(id, now, outcome))
      return
    }
    if (!tableReady && now - startedAt < warmUpMs) return
    // all are waiting, and not for long: slow is not down, so this turn is left out
    if (writers.some((one) => one.waitingMs(now) > 0 && one.waitingMs(now) < hangsMs)) return
    const why = writers.map((one) => one.lastError).find((one) => one !== undefined) ?? 'no connection is free'
    settle(id, now, { outcome: 'failed', why })
  }
  const nextIdle = (): Writer | undefined => {
    for (let n = 0; n < writers.length; n++) {
      const writer = writers[(turn + n) % writers.length]!
      if (!writer.idle) continue
      turn = (turn + n + 1) % writers.length
      return writer
    }
    return undefined
  }

  const makeTable = async (): Promise<void> => {
    try {
      await query(info.client.readWrite, credentials.app, createSql, { timeoutMs: 5000 })
      tableReady = true
    } catch (error) {
      lastError = whyOf(error)
      if (running) timers.push(setTimeout(() => void makeTable(), tableRetryMs))
    }
  }
  const flush = (): void => {
    const now = appClock.now()
    outageEvents(tracker.tick(now))
    for (const record of ticks.take(now)) emit(record)
    ledger?.save().catch((err: unknown) => log.error({ lab: info.lab, err }, 'the ledger can’t be written'))
    const stats = present()
    for (const listener of statsListeners) listener(stats)
  }
  const present = (): ProbeStats => {
    const now = appClock.now()
    let perSecond = 0
    for (let n = counted.length - 1; n >= 0 && counted[n]!.at > now - 3000; n--) {
      if (counted[n]!.outcome === 'acknowledged' && counted[n]!.at > now - 1000) perSecond++
    }
    return {
      running,
      startedAt,
      writesPerSecond: running ? perSecond : 0,
      rate,
      ...totals,
      outages: [...earlier, ...tracker.outages(now)],
      lost: verified?.found.lost ?? null,
      verifiedAt: verified?.at ?? null,
      ...(lastError === undefined ? {} : { lastError }),
    }
  }
  const begin = (): void => {
    run = startedAt = appClock.now()
    nextId = 1
    ticks = countTicks(startedAt)
    earlier.push(...tracker.outages(startedAt).filter(({ until }) => until !== null))
    tracker = trackOutages(startedAt)
    writers = Array.from({ length: connections }, () => new Writer(info.client.readWrite, credentials.app))
    for (const writer of writers) writer.connect()
    void makeTable()
    // an hour that the machine's clock was set by is no hour without writes
    stopClock = appClock.onJump(({ axisMs }) => {
      tracker.shift(axisMs)
      ticks.shift(axisMs)
    })
    let due = performance.now()
    const pace = setInterval(
      () => {
        const now = performance.now()
        const everyMs = 1000 / rate
        // what this process itself slept through was never tried, and says nothing about the cluster
        if (now - due > 500) {
          due = now
          tracker.slept(appClock.now())
        }
        for (; due <= now; due += everyMs) attempt()
      },
      Math.max(10, 1000 / rate),
    )
    timers.push(pace, setInterval(flush, flushEveryMs))
  }

  return {
    async start(wanted = rate) {
      rate = wanted
      if (running) return
      running = true
      ledger ??= await openLedger(dir)
      begin()
    },
    async stop() {
      if (!running) return
      running = false
      stopClock()
      for (const timer of timers) clearTimeout(timer)
      timers = []
      // writes under way still belong to this run
      while (writers.some((writer) => writer.waitingMs(appClock.now()) > 0)) await pause(20)
      for (const writer of writers) writer.close()
      flush()
      await ledger?.close()
      ledger = null
    },
    stats: present,
    onStats(listener) {
      statsListeners.add(listener)
      return () => void statsListeners.delete(listener)
    },
    onRecord(listener) {
      recordListeners.add(listener)
      return () => void recordListeners.delete(listener)
    },
    async verify() {
      const opened = ledger ?? (await openLedger(dir))
      try {
        const found = await verifyWrites(info, credentials.app, opened.runs())
        verified = { found, at: appClock.now() }
        return present()
      } catch (error) {
        throw new DojoError('host-down', {
          what: 'The acknowledged writes could not be looked up',
          why: whyOf(error),
          next: 'Wait until the write route leads to a primary, then verify again',
        })
      } finally {
        if (!ledger) await opened.close()
      }
    },
    verification: () => verified?.found ?? null,
    since(t) {
      const window = { acknowledged: 0, failed: 0, unknown: 0 }
      for (const { at, outcome } of counted) if (at >= t) window[outcome]++
      const outages = present().outages.filter(({ until }) => until === null || until >= t)
      return { ...window, outages }
    },
  }
}

function outageRecord(what: OutageEvent['what'], outage: Outage): LabRecord {
  const text = what === 'began' ? 'writes stop' : `outage ${outage.seconds.toFixed(1)} s`
  const t = what === 'began' ? outage.from : (outage.until ?? appClock.now())
  return { t, k: 'event', kind: `outage.${what}`, text, data: { ...outage }, source: 'probe' }
}
