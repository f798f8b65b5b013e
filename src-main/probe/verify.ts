import { setTimeout as pause } from 'node:timers/promises'
import type { Credentials, LabHost, LabInfo } from '../contract/lab.js'
import type { HostHoldings, Verification } from '../contract/probe.js'
import { whyOf } from '../cluster/reading.js'
import type { Run } from './ledger.js'
import { both, countOf, firstOf, without, type Range } from './ranges.js'
import { holdingsAt, settleRows, type Holdings } from './table.js'
import { appClock } from '../util/clock.js'

export type Claimed = Pick<Run, 'run' | 'acked' | 'unknown'>
export type Asked = { host: string; found: Holdings } | { host: string; why: string }

const examplesKept = 20
/** A standby shows a row a moment after it has its WAL. */
const replayWithinMs = 2_000
/** Rows that stay in the table for those who look at it. */
const keptRows = 20_000

/** The ledger as it is now, untouched by the writes that come meanwhile. */
const copyOf = (runs: readonly Run[]): Claimed[] =>
  runs.map(({ run, acked, unknown }) => ({ run, acked: acked.map(([from, to]) => [from, to]), unknown: [...unknown] }))

/** Compares the ledger with what the present primary has, and with what each data host has. */
export function judge(
  runs: readonly Claimed[],
  primary: { host: string; found: Holdings },
  hosts: readonly Asked[],
  at: number,
): Verification {
  const of = ({ held }: Holdings, run: number): Range[] => held.get(run) ?? []
  const count = (pick: (run: Claimed) => Range[]): number => runs.reduce((sum, run) => sum + countOf(pick(run)), 0)
  const lostOf = ({ run, acked }: Claimed): Range[] => without(acked, of(primary.found, run))
  const hostOf = (asked: Asked): HostHoldings => {
    const { host } = asked
    if ('why' in asked) {
      const none = { recovery: null, timeline: null, absent: null, onlyHere: null, ackedOnlyHere: null }
      return { host, ...none, why: asked.why }
    }
    const { found } = asked
    const onlyHere = (run: number): Range[] => without(of(found, run), of(primary.found, run))
    return {
      host,
      recovery: found.recovery,
      timeline: found.timeline,
      absent: count(({ run, acked }) => without(acked, of(found, run))),
      onlyHere: count(({ run }) => onlyHere(run)),
      ackedOnlyHere: count(({ run, acked }) => both(acked, onlyHere(run))),
    }
  }
  const examples = runs.flatMap((one) => firstOf(lostOf(one), examplesKept).map((id) => ({ run: one.run, id })))
  return {
    at,
    host: primary.host,
    acknowledged: count(({ acked }) => acked),
    lost: count(lostOf),
    unknownFound: count(({ run, unknown }) => both(asRanges(unknown), of(primary.found, run))),
    examples: examples.slice(0, examplesKept),
    hosts: hosts.map(hostOf),
  }
}

const asRanges = (numbers: readonly number[]): Range[] =>
  [...new Set(numbers)].toSorted((a, b) => a - b).map((n): Range => [n, n])

/**
 * Rows that may be removed: acknowledged, and on the primary and on every data host. None while a host does not answer. The
 * newest stay.
 */
export function settledBy(
  runs: readonly Claimed[],
  primary: Holdings,
  hosts: readonly Asked[],
  kept: number,
): { run: number; range: Range }[] {
  const found = hosts.flatMap((asked) => ('found' in asked ? [asked.found] : []))
  if (found.length < hosts.length) return []
  let stay = kept
  const settled: { run: number; range: Range }[] = []
  for (const { run, acked } of runs.toSorted((a, b) => b.run - a.run)) {
    const everywhere = found.reduce((left, { held }) => both(left, held.get(run) ?? []), [...acked])
    for (const [from, to] of both(everywhere, primary.rows.get(run) ?? []).toReversed()) {
      const until = to - Math.min(stay, to - from + 1)
      stay -= to - until
      if (until >= from) settled.push({ run, range: [from, until] })
    }
  }
  return settled
}

interface Input {
  info: LabInfo
  credentials: Credentials
  runs: readonly Run[]
}

interface Answers {
  runs: Claimed[]
  primary: { host: string; found: Holdings }
  hosts: Asked[]
}

/**
 * Asks every data host, and then whoever is behind the client's write route: what comes to a standby in between is on the
 * primary by then.
 * @throws when nobody answers on the write route, or when the one who answers is no primary
 */
async function askAll({ info, credentials, runs: given }: Input): Promise<Answers> {
  const runs = copyOf(given)
  const names = runs.map(({ run }) => run)
  const login = { ...credentials.superuser, database: credentials.app.database }
  const dataHosts = info.hosts.filter(({ endpoints }) => endpoints.postgres)
  const others = await Promise.all(dataHosts.map((host) => askHost(host, login, runs)))
  const found = await holdingsAt(info.client.readWrite, credentials.app, names)
  const host = info.hosts.find(({ address }) => address === found.address)?.name ?? found.address ?? 'unknown'
  if (found.recovery) throw new Error(`the write route leads to ${host}, which is a standby`)
  return {
    runs,
    primary: { host, found },
    hosts: others.map((asked) => (asked.host === host ? { host, found } : asked)),
  }
}

async function askHost(
  { name: host, endpoints }: LabHost,
  login: Parameters<typeof holdingsAt>[1],
  runs: readonly Claimed[],
): Promise<Asked> {
  const deadline = performance.now() + replayWithinMs
  const names = runs.map(({ run }) => run)
  try {
    for (;;) {
      const found = await holdingsAt(endpoints.postgres!, login, names)
      const complete = runs.every(({ run, acked }) => without(acked, found.held.get(run) ?? []).length === 0)
      if (complete || !found.recovery || performance.now() > deadline) return { host, found }
      await pause(250)
    }
  } catch (error) {
    return { host, why: whyOf(error) }
  }
}

/** Looks for every acknowledged write on the present primary and on every data host that answers. @throws as askAll */
export async function verifyWrites(input: Input): Promise<Verification> {
  const { runs, primary, hosts } = await askAll(input)
  return judge(runs, primary, hosts, appClock.now())
}

/** Keeps the table small: removes what is safe everywhere, all but the newest rows. @throws as askAll */
export async function tidyWrites(input: Input, kept = keptRows): Promise<void> {
  const { runs, primary, hosts } = await askAll(input)
  const settled = settledBy(runs, primary.found, hosts, kept)
  if (settled.length > 0) await settleRows(input.info.client.readWrite, input.credentials.app, settled)
}
