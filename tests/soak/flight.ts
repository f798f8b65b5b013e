import { setTimeout as pause } from 'node:timers/promises'
import { openSession, type LabSession } from '../../src-main/api/session.js'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import { DojoError } from '../../src-main/contract/errors.js'
import type { LabInfo } from '../../src-main/contract/lab.js'
import { sweepHome } from '../../src-main/docker/sweep.js'
import { downLab, openLab, upLab } from '../../src-main/lab/labs.js'
import type { Home } from '../../src-main/lab/store.js'
import { expectedStandbys } from '../../src-main/lab/watch-boot.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import type { Disturbance } from './schedule.js'

export interface Flight {
  /** What went wrong, in the order in which it did; empty: passed. */
  failures: string[]
  injected: number
  /** Refused as things stood, for example a role that nobody had. */
  refused: number
  acknowledged: number
  lost: number
  unknown: number
  outages: number
  longestOutageS: number
}

export interface FlightPlan {
  topology: string
  set: readonly string[]
  /** Whether an acknowledged write that is lost counts as a failure: where synchronous mode promises that none is. */
  promisesAll: boolean
  say: (line: string) => void
}

const wholeWithinMs = 180_000
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Flies one schedule on a lab of its own, one disturbance after another, healing between them. Removes the lab. */
export async function fly(home: Home, schedule: readonly Disturbance[], plan: FlightPlan): Promise<Flight> {
  const flight: Flight = {
    failures: [],
    injected: 0,
    refused: 0,
    acknowledged: 0,
    lost: 0,
    unknown: 0,
    outages: 0,
    longestOutageS: 0,
  }
  const info = await upLab({ topology: plan.topology, set: [...plan.set] }, { home })
  const session = await openSession(await openLab(info.lab, home), { records: true })
  try {
    const before = await rulesAndQueues(session) // the engine has some of its own
    await session.probe.start()
    for (const [index, disturbance] of schedule.entries()) {
      await disturb(session, info, disturbance, flight, plan, `${index + 1}/${schedule.length}`)
    }
    flight.failures.push(...violations(session), ...(await leftBehind(session, before)))
    await session.probe.stop()
  } catch (error) {
    flight.failures.push(sentence(error))
  } finally {
    await session.close()
    await downLab(info.lab, home)
  }
  const left = await sweepHome(home.id)
  if (left > 0) flight.failures.push(`${left} containers, networks or volumes were left by the removal`)
  return flight
}

async function disturb(
  session: LabSession,
  info: LabInfo,
  { kind, target, options, holdMs }: Disturbance,
  flight: Flight,
  { promisesAll, say }: FlightPlan,
  place: string,
): Promise<void> {
  const name = `${kind} ${target}${Object.entries(options)
    .map(([key, value]) => ` --${key} ${String(value)}`)
    .join('')}`
  const startedAt = performance.now()
  try {
    const record = await session.faults.inject({ kind, target, options, by: 'proof' })
    flight.injected++
    await pause(holdMs)
    await session.faults.heal(record.id)
  } catch (error) {
    if (error instanceof DojoError && error.code === 'fault-refused') {
      flight.refused++
      return say(`${place}  ${name}: refused, ${error.said.why}`)
    }
    flight.failures.push(`${place} ${name}: ${sentence(error)}`)
    await session.faults
      .heal()
      .catch((again: unknown) => flight.failures.push(`${place} healing all: ${sentence(again)}`))
  }
  await whole(session, info).catch((error: unknown) => flight.failures.push(`${place} ${name}: ${sentence(error)}`))
  await count(session, flight, `${place} ${name}`, promisesAll)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  say(
    `${place}  ${name}: held ${holdMs / 1000} s, whole after ${seconds} s; ${flight.lost} of ${flight.acknowledged} lost`,
  )
}

/** A leader that takes writes, and the standbys that the topology expects, streaming. */
async function whole(session: LabSession, info: LabInfo): Promise<void> {
  const { streaming, synchronous } = expectedStandbys(info)
  const isWhole = ({ hosts, leader, probe, etcd }: ClusterState): boolean => {
    const rows = hosts.find(({ name }) => name === leader)?.postgres
    if (!rows || rows.stale || !rows.value || (probe?.writesPerSecond ?? 0) === 0) return false
    const up = rows.value.replication.filter(({ state }) => state === 'streaming')
    const sync = up.filter(({ syncState }) => syncState === 'sync' || syncState === 'quorum')
    const votes = etcd.value?.members.every(({ answers }) => answers) ?? false
    return up.length >= streaming && sync.length >= synchronous && votes
  }
  await waitFor(() => session.state(), isWhole, {
    what: 'the lab to be whole again',
    withinMs: wholeWithinMs,
    signal: session.ended,
    describe: ({ hosts, leader }) =>
      `leader ${leader ?? 'nobody'}; ${hosts.map(({ name, role, note }) => `${name} ${role} (${note})`).join('; ')}`,
  })
}

async function count(session: LabSession, flight: Flight, where: string, promisesAll: boolean): Promise<void> {
  const before = flight.lost
  try {
    const { acknowledged, lost, unknown, outages } = await session.probe.verify()
    Object.assign(flight, { acknowledged, unknown, lost: lost ?? flight.lost, outages: outages.length })
    flight.longestOutageS = Math.max(0, ...outages.map(({ seconds }) => seconds))
  } catch (error) {
    flight.failures.push(`${where}: ${sentence(error)}`)
  }
  if (promisesAll && flight.lost > before)
    flight.failures.push(`${where}: ${flight.lost - before} acknowledged writes lost`)
}

const violations = ({ recorder }: LabSession): string[] =>
  recorder
    .all()
    .flatMap((record) =>
      record.k === 'event' && record.kind === 'invariant.violated' ? [`violated: ${record.text}`] : [],
    )

/** Filter tables and queues in the network of each host, one line each. */
async function rulesAndQueues({ handle }: LabSession): Promise<string[]> {
  const lists = handle.info.hosts.map(async ({ name }) => {
    const { stdout } = await handle.beside(name, 'nft list tables; tc qdisc show dev eth0')
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `${name}: ${line}`)
  })
  return (await Promise.all(lists)).flat()
}

/** Faults that the ledger still calls active, and rules or queues that were not there before. */
async function leftBehind(session: LabSession, before: readonly string[]): Promise<string[]> {
  const active = session.faults.list().filter(({ state }) => !['healed', 'ended', 'failed'].includes(state))
  const rules = (await rulesAndQueues(session)).filter((line) => !before.includes(line))
  return [
    ...active.map(({ id, kind, target, state }) => `${kind} ${target} (${id}) is ${state}`),
    ...rules.map((line) => `left on ${line}`),
  ]
}
