import { setTimeout as pause } from 'node:timers/promises'
import { existsSync } from 'node:fs'
import { openSession, type LabSession } from '../../src-main/api/session.js'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { labsHeld, stopGraceSeconds } from '../../src-main/docker/hosts.js'
import { filterOf } from '../../src-main/docker/labels.js'
import { labMemory } from '../../src-main/docker/lab-memory.js'
import { downLab } from '../../src-main/lab/labs.js'
import { labDir } from '../../src-main/lab/store.js'
import { expectedStandbys } from '../../src-main/lab/watch-boot.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { startLab, type TestLab } from './lab.js'
import { askAsClient } from './lab-sql.js'
import { outcome, published, refused, served } from './published-ports.js'

/** What became of one topology between its boot and its removal. */
export interface TopologyRun {
  topology: string
  hosts: number
  memoryMiB: number
  bootS: number
  /** Without an acknowledged write after the leader's host crashed. */
  failoverS: number
  /** Another host leads than before the crash. */
  movedTo: string | null
  acknowledged: number
  lost: number
  /** How many lost ones its topology calls a broken promise; null: none is. */
  mayLose: number | null
  /** From the start of all its containers until writes commit and the standbys stream. */
  restartS: number
  /** Sum over the rows of a table, before and after everything. */
  rows: [before: string, after: string]
  violations: string[]
  /** How many ports speak TLS, and which of those serve a plain client, or refuse one that verifies. */
  ports: { tls: number; wrong: string[] }
  left: { containers: number; networks: number; volumes: number; folder: boolean }
}

const withinMs = 120_000
const rowsSql = `select count(*) || ' rows, ' || coalesce(md5(string_agg(n || text, ',' order by n)), '') as sum from kept`
const seconds = (since: number): number => Math.round((performance.now() - since) / 100) / 10

/** `set`: as `dojo up` takes it. Boots a topology, crashes its leader's host, stops and starts all its containers at once, and removes it. */
export async function runTopology(topology: string, set: string[] = []): Promise<TopologyRun> {
  const lab = await startLab(topology, { set })
  try {
    const session = await openSession(lab.handle, { records: true })
    try {
      const memory = await labMemory(await connectDocker(), lab.home.id)
      await askAsClient(
        lab.handle,
        `create table kept as select n, 'row ' || n as text from generate_series(1, 20000) n`,
      )
      const before = await sumOf(lab)
      const ports = await portsOf(lab)
      const crashed = await crashLeader(session)
      const restartS = await stopAndStartAll(lab, session)
      const after = await sumOf(lab)
      const { violations = [] } = session.state()
      await session.close()
      await downLab(lab.info.lab, lab.home)
      return {
        topology,
        hosts: lab.info.hosts.length,
        memoryMiB: Math.round(memory / 2 ** 20),
        bootS: Math.round((lab.info.seconds['total'] ?? 0) * 10) / 10,
        ...crashed,
        mayLose: lab.info.spec.promises.lostAcknowledgedWrites?.atMost ?? null,
        restartS,
        rows: [before, after],
        violations: violations.map(({ text }) => text),
        ports,
        left: await leftOf(lab),
      }
    } finally {
      await session.close()
    }
  } finally {
    await lab[Symbol.asyncDispose]()
  }
}

async function sumOf({ handle }: TestLab): Promise<string> {
  const [row] = await askAsClient<{ sum: string }>(handle, rowsSql)
  return row!.sum
}

async function portsOf({ handle }: TestLab): Promise<TopologyRun['ports']> {
  const found = { tls: 0, wrong: [] as string[] }
  for (const { host, key, endpoint } of published(handle)) {
    const { tls, ...plain } = endpoint
    if (!tls) continue
    found.tls++
    // a lab is healthy before the last standby of a second site has started: with nobody there, nobody is refused
    await waitFor(
      () => outcome(handle, { key, endpoint }),
      (said) => served.test(said),
      {
        what: `${key} of ${host} to serve who verifies`,
        withinMs,
        signal: AbortSignal.timeout(withinMs),
        describe: String,
      },
    ).catch((error: Error) => found.wrong.push(error.message))
    const without = await outcome(handle, { key, endpoint: plain })
    if (!refused.test(without)) found.wrong.push(`${key} of ${host}, without TLS: ${without}`)
  }
  return found
}

/** The probe writes meanwhile, and has every acknowledged write looked for when all is well again. */
async function crashLeader(
  session: LabSession,
): Promise<Pick<TopologyRun, 'failoverS' | 'movedTo' | 'acknowledged' | 'lost'>> {
  await session.probe.start()
  const { leader } = await whole(session)
  const outages = () => session.probe.stats()?.outages ?? []
  const { id } = await session.faults.inject({ kind: 'crash', target: 'leader', options: {}, by: 'proof' })
  await waitFor(outages, (all) => all.length > 0 && all.every(({ until }) => until !== null), {
    what: 'an outage, and its end',
    withinMs,
    everyMs: 100,
    signal: session.ended,
    describe: (all) => `${all.length} outages; ${shown(session.state())}`,
  })
  const { leader: next } = session.state()
  const failoverS = Math.max(...outages().map((one) => one.seconds))
  await session.faults.heal(id)
  await whole(session)
  await session.probe.stop()
  const { acknowledged, lost } = await session.probe.verify()
  return { failoverS, movedTo: next === leader ? null : next, acknowledged, lost: lost ?? NaN }
}

async function stopAndStartAll({ handle, info }: TestLab, session: LabSession): Promise<number> {
  await pause(500) // what the probe wrote last has reached the standbys
  const names = info.hosts.map(({ name }) => name)
  await Promise.all(names.map((name) => handle.power.stop(name, stopGraceSeconds)))
  const since = performance.now()
  await Promise.all(names.map((name) => handle.power.start(name)))
  await whole(session, since)
  return seconds(since)
}

const shown = ({ leader, hosts }: ClusterState): string =>
  `leader ${leader}; ${hosts.map(({ name, role, note }) => `${name} ${role} (${note})`).join('; ')}`

/** A write commits, and the leader has the standbys that the topology expects, by what was read after `since`. */
async function whole(session: LabSession, since = 0): Promise<ClusterState> {
  const { handle } = session
  const { streaming, synchronous } = expectedStandbys(handle.info)
  const began = Date.now() - (performance.now() - since)
  const read = async (): Promise<ClusterState> => {
    await askAsClient(handle, 'create table if not exists beat (); drop table beat')
    return session.state()
  }
  const holds = ({ leader, hosts, dcs }: ClusterState): boolean => {
    const postgres = hosts.find(({ name }) => name === leader)?.postgres
    if (!postgres?.value || postgres.stale || (postgres.at ?? 0) < began) return false
    const rows = postgres.value.replication.filter(({ state }) => state === 'streaming')
    const sync = rows.filter(({ syncState }) => syncState === 'sync' || syncState === 'quorum')
    // Patroni names whom it may promote a little later than PostgreSQL does
    return rows.length >= streaming && Math.min(sync.length, dcs.value?.sync.standbys.length ?? 0) >= synchronous
  }
  return waitFor(read, holds, {
    what: 'writes and the expected standbys',
    withinMs,
    everyMs: 100,
    signal: session.ended,
    describe: shown,
  })
}

/** What the engine and the disk still hold of a lab that was removed. */
async function leftOf({ home, info }: TestLab): Promise<TopologyRun['left']> {
  const docker = await connectDocker()
  const filters = filterOf(home.id)
  const [networks, volumes] = await Promise.all([docker.listNetworks({ filters }), docker.listVolumes({ filters })])
  return {
    containers: (await labsHeld(docker, home.id)).size,
    networks: networks.length,
    volumes: volumes.Volumes?.length ?? 0,
    folder: existsSync(labDir(home, info.lab)),
  }
}
