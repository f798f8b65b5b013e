import { setTimeout as pause } from 'node:timers/promises'
import type { Credentials, LabInfo } from '../contract/lab.js'
import type { Outage, ProbeRoute, ProbeStats, Verification } from '../contract/probe.js'
import type { LabRecord } from '../contract/record.js'
import { DojoError } from '../contract/errors.js'
import { whyOf } from '../cluster/reading.js'
import { appClock } from '../util/clock.js'
import { logFor } from '../util/log.js'
import { openLedger, type Ledger } from './ledger.js'
import { outageRecord, trackOutages, type OutageEvent, type OutageTracker } from './outages.js'
import { inTurn, pace } from './pace.js'
import { routeOf } from './routes.js'
import { Sender, type Outcome } from './sender.js'
import { createSql, insertSql, newestSql } from './table.js'
import { countTicks, type TickCounter } from './ticks.js'
import { tidyWrites, verifyWrites } from './verify.js'

/** Enough that writes which hang do not keep the others from being tried; each can leave one write unknown. */
const connections = 6
const flushEveryMs = 220
/** A write that waits longer than this is hanging, not slow. */
const hangsMs = 500
const tableRetryMs = 300
/** A probe that has just begun may take this long to find its table before attempts count as failed. */
const warmUpMs = 2000
/** Acknowledged writes after which it is worth looking which rows can go. */
const tidyAfter = 20_000

const log = logFor('probe')

export interface ProbeInput {
  info: LabInfo
  credentials: Credentials
  /** The lab's own folder: the ledger goes there. */
  dir: string
  /** Default: the client's write route. */
  route?: ProbeRoute
  /** Attempts per second while all is well. */
  rate?: number
  /** For the read route: who writes meanwhile. How old an answer is, is told by what is missing in it. */
  writer?: () => Progress | null
}

export interface Progress {
  run: number
  /** When the first write after this one was acknowledged, in epoch ms; null when none was. It reaches back for a while. */
  ackedAfter(id: number): number | null
}

export interface WindowStats {
  acknowledged: number
  failed: number
  unknown: number
  outages: Outage[]
}

/** A client on one route. On the others than `read` it writes, and keeps a ledger of what was acknowledged. */
export interface Probe {
  /** Begins, or changes the rate. Resolves when the ledger is open; the first write may still have to wait. */
  start(rate?: number): Promise<void>
  stop(): Promise<void>
  /** Reads the ledger, so that the figures are those of earlier runs and processes as well. */
  load(): Promise<void>
  stats(): ProbeStats
  /** Called 4 to 5 times a second while the probe runs. */
  onStats(listener: (stats: ProbeStats) => void): () => void
  /** Ticks and outage events. */
  onRecord(listener: (record: LabRecord) => void): () => void
  /**
   * Looks for every acknowledged write of this route, of earlier runs too, on the present primary and on every data host
   * that answers. @throws DojoError host-down when there is no primary to ask, usage on the read route
   */
  verify(): Promise<ProbeStats>
  /** What the last verification found, with examples; null before the first. */
  verification(): Verification | null
  /** The present run, for whoever reads meanwhile; null while nothing is written. */
  progress(): Progress | null
  /** Counts and outages since a moment (epoch ms). An outage that reaches into the window belongs to it. */
  since(t: number): WindowStats
}

type Counted = { at: number; outcome: Outcome['outcome'] }

/** Acknowledgements that a reader's answer is compared with. */
const mostAcks = 5_000
/** Remembered one by one, for windows; half an hour at 40 writes per second. */
const mostCounted = 80_000

/** Two probes of one lab may begin in the same millisecond; their runs may not have the same name. */
let newestRun = 0
const newRun = (): number => (newestRun = Math.max(appClock.now(), newestRun + 1))

/** @throws DojoError usage, when the topology does not have the route */
export function createProbe(input: ProbeInput): Probe {
  const { info, credentials, dir, rate: asked = 40, writer = () => null } = input
  const route = routeOf(info, input.route ?? 'proxy')
  const writes = route.does === 'write'
  const statsListeners = new Set<(stats: ProbeStats) => void>()
  const recordListeners = new Set<(record: LabRecord) => void>()
  let opening: Promise<Ledger> | null = null
  let ledger: Ledger | null = null
  let rate = asked
  let running = false
  let startedAt = appClock.now()
  let senders: Sender[] = []
  let nextIdle = inTurn(senders)
  let stops: (() => void)[] = []
  let tableReady = false
  let run = 0
  let nextId = 1
  let ticks: TickCounter = countTicks(startedAt)
  let tracker: OutageTracker = trackOutages(startedAt)
  let acks: { id: number; at: number }[] = []
  let sinceTidy = tidyAfter
  /** The read route has no ledger. */
  const read = { totals: { acknowledged: 0, failed: 0, unknown: 0 }, outages: [] as Outage[] }
  const age: { lastMs: number | null; worstMs: number | null } = { lastMs: null, worstMs: null }
  let counted: Counted[] = []
  let lastError: string | undefined
  let verified: Verification | null = null

  const emit = (record: LabRecord): void => {
    for (const listener of recordListeners) listener(record)
  }
  const outageEvents = (events: readonly OutageEvent[]): void => {
    for (const { what, outage } of events) {
      if (what === 'ended' && writes) ledger?.outageEnded(run, outage)
      else if (what === 'ended') read.outages.push(outage)
      emit(outageRecord({ what, outage }))
    }
  }
  const settle = (id: number, sentAt: number, connectedAt: number, { outcome, why, code }: Outcome): void => {
    const at = appClock.now()
    if (why) lastError = why
    // somebody dropped the table or went back to a time before it
    if (writes && tableReady && (code === '42P01' || code === '3F000')) {
      tableReady = false
      prepare()
    }
    counted.push({ at: outcome === 'unknown' ? sentAt : at, outcome })
    if (counted.length > mostCounted) counted = counted.slice(-mostCounted / 2)
    if (!writes) read.totals[outcome]++
    if (outcome === 'acknowledged') {
      acks.push({ id, at })
      if (acks.length > mostAcks) acks = acks.slice(-mostAcks / 2)
      sinceTidy++
      ledger?.acknowledged(run, id)
      ticks.count('acked', at, at - sentAt)
      outageEvents(tracker.acknowledged(sentAt, at, connectedAt))
      return
    }
    if (outcome === 'unknown') ledger?.unknown(run, id)
    else ledger?.failed(run)
    ticks.count(outcome, outcome === 'unknown' ? sentAt : at)
    outageEvents(tracker.missed(outcome, sentAt, at))
  }
  const answered = (outcome: Outcome, sentAt: number, wrote: Progress | null): Outcome => {
    // nothing is in doubt about a question that was not answered
    if (outcome.outcome === 'unknown') return { ...outcome, outcome: 'failed' }
    const newest = outcome.row?.['newest']
    if (typeof newest !== 'number' || !wrote) return outcome
    age.lastMs = Math.max(0, sentAt - (wrote.ackedAfter(newest) ?? sentAt))
    age.worstMs = Math.max(age.worstMs ?? 0, age.lastMs)
    return outcome
  }

  /** One attempt. Without a usable connection it could not be sent; a client would have seen an error. */
  const attempt = (): void => {
    const now = appClock.now()
    const sender = tableReady ? nextIdle() : undefined
    const id = nextId
    if (sender) {
      nextId++
      const { connectedAt } = sender
      if (writes) {
        void sender.send(insertSql, [run, id]).then((outcome) => settle(id, now, connectedAt, outcome))
        return
      }
      const wrote = writer()
      void sender
        .send(newestSql, [wrote?.run ?? 0])
        .then((outcome) => settle(id, now, connectedAt, answered(outcome, now, wrote)))
      return
    }
    if (!tableReady && now - startedAt < warmUpMs) return
    // all are waiting, and not for long: slow is not down, so this turn is left out
    if (senders.some((one) => one.busy && one.waitingMs(now) < hangsMs)) return
    const why = senders.map((one) => one.lastError).find((one) => one !== undefined) ?? 'no connection is free'
    settle(id, now, 0, { outcome: 'failed', why })
  }

  /** Waits for a connection, and makes the table with it. */
  const prepare = (): void => {
    const sender = nextIdle()
    const again = (ms: number): void => {
      const timer = setTimeout(prepare, ms)
      stops.push(() => clearTimeout(timer))
    }
    if (!sender) return again(tableRetryMs / 10)
    if (!writes) return void (tableReady = true)
    void sender.send(createSql, []).then(({ outcome, why }) => {
      if (why) lastError = why
      tableReady = outcome === 'acknowledged'
      if (!tableReady && running) again(tableRetryMs)
    })
  }
  const tidy = (): void => {
    if (!ledger || sinceTidy < tidyAfter || !tableReady) return
    sinceTidy = 0
    tidyWrites({ info, credentials, runs: ledger.runs() }).catch((err: unknown) =>
      log.info({ lab: info.lab, err }, 'rows could not be settled; the next try comes later'),
    )
  }
  const flush = (): void => {
    const now = appClock.now()
    outageEvents(tracker.tick(now))
    for (const record of ticks.take(now)) emit(record)
    ledger?.save().catch((err: unknown) => log.error({ lab: info.lab, err }, 'the ledger can’t be written'))
    tidy()
    const stats = present()
    for (const listener of statsListeners) listener(stats)
  }
  const present = (): ProbeStats => {
    const now = appClock.now()
    let perSecond = 0
    for (let n = counted.length - 1; n >= 0 && counted[n]!.at > now - 3000; n--) {
      if (counted[n]!.outcome === 'acknowledged' && counted[n]!.at > now - 1000) perSecond++
    }
    const ended = ledger ? ledger.runs().flatMap(({ outages }) => outages) : read.outages
    return {
      running,
      ...(route.name === 'proxy' ? {} : { route: route.name }),
      startedAt,
      writesPerSecond: running ? perSecond : 0,
      rate,
      ...(ledger?.totals() ?? read.totals),
      outages: [...ended, ...tracker.outages(now).filter(({ until }) => until === null)],
      lost: verified?.lost ?? null,
      verifiedAt: verified?.at ?? null,
      ...(verified ? { verification: verified } : {}),
      ...(writes ? {} : { answerAge: { ...age } }),
      ...(lastError === undefined ? {} : { lastError }),
    }
  }
  const begin = (): void => {
    run = newRun()
    startedAt = appClock.now()
    nextId = 1
    ticks = countTicks(startedAt)
    tracker = trackOutages(startedAt)
    senders = Array.from({ length: connections }, () => new Sender(route, credentials.app))
    nextIdle = inTurn(senders)
    for (const sender of senders) sender.connect()
    acks = []
    tableReady = false
    prepare()
    const timer = setInterval(flush, flushEveryMs)
    stops.push(
      // an hour that the machine's clock was set by is no hour without writes
      appClock.onJump(({ axisMs }) => {
        tracker.shift(axisMs)
        ticks.shift(axisMs)
      }),
      () => clearInterval(timer),
      pace(
        () => rate,
        attempt,
        () => tracker.slept(appClock.now()),
      ),
    )
  }
  /** A closed ledger is still known; it is read anew when it is wanted again, as another process may have added to it. */
  const openBook = (): Promise<Ledger> => (opening ??= openLedger(dir, route.name).then((opened) => (ledger = opened)))
  const closeBook = async (): Promise<void> => {
    const opened = await opening
    opening = null
    await opened?.close()
  }

  return {
    async start(wanted = rate) {
      rate = wanted
      if (running) return
      running = true
      if (writes) await openBook()
      begin()
    },
    async stop() {
      if (!running) return
      running = false
      for (const stop of stops) stop()
      stops = []
      // writes under way still belong to this run
      while (senders.some(({ busy }) => busy)) await pause(20)
      for (const sender of senders) sender.close()
      flush()
      await closeBook()
    },
    async load() {
      if (!writes || running) return
      await openBook()
      if (!running) await closeBook()
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
      if (!writes) throw readLeavesNothing()
      const { runs } = await openBook()
      try {
        verified = await verifyWrites({ info, credentials, runs: runs() })
        return present()
      } catch (error) {
        throw new DojoError('host-down', {
          what: 'The acknowledged writes could not be looked up',
          why: whyOf(error),
          next: 'Wait until the write route leads to a primary, then verify again',
        })
      } finally {
        if (!running) await closeBook()
      }
    },
    verification: () => verified,
    progress: () =>
      running && acks.length > 0 ? { run, ackedAfter: (id) => acks.find((one) => one.id > id)?.at ?? null } : null,
    since(t) {
      const window = { acknowledged: 0, failed: 0, unknown: 0 }
      for (const { at, outcome } of counted) if (at >= t) window[outcome]++
      const outages = present().outages.filter(({ until }) => until === null || until >= t)
      return { ...window, outages }
    },
  }
}

const readLeavesNothing = (): DojoError =>
  new DojoError('usage', {
    what: 'There is nothing to verify on the read route',
    why: 'it only reads, and keeps no ledger',
    next: 'Verify the route proxy, pgbouncer or direct',
  })
