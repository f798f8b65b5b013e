/**
 * Memory and processor of a lab that nobody uses, over a minute, from the engine's cgroups: per host, and per process to
 * see what costs. The app watches it meanwhile, as a window would have it do; its own process is told beside it.
 * `--set KEY=VALUE`, as `dojo up` takes it, shows what a setting costs.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connectDocker } from '../src-main/docker/engine.js'
import { ownerOf } from '../src-main/lab/store.js'
import { startLab } from '../tests/support/lab.js'
import { hostsUse } from './idle/containers.js'
import { percentByName, processTimes, timesIn } from './idle/usage.js'
import { serveApp, type ServedApp } from './lab/app.js'
import { finish } from './report/finish.js'
import { median } from './report/numbers.js'

const targets = { mib: 300, cpuPercent: 5 }
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    set: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
  },
})
/** The app asks more often for a minute after something happened; idle begins when that is over. */
const settleMs = 75_000
const mib = (bytes: number): number => bytes / 2 ** 20

interface Round {
  mib: number
  statsMib: number
  cpuPercent: number
  app: { mib: number; cpuPercent: number }
  hosts: { host: string; mib: number; cpuPercent: number; processes: [string, number][] }[]
}
const rounds: Round[] = []
const lab = await startLab('pair-witness', { set: values.set })
let app: ServedApp | undefined
try {
  await lab.backedUp
  app = await serveApp(lab.home.dir)
  const { client, close } = await app.connect()
  const watching = (async () => {
    for await (const state of await client.cluster.watch({ lab: lab.info.lab })) if (!state) break
  })().catch(() => undefined) // it ends with the connection
  await pause(settleMs)
  for (let round = 1; round <= Number(values.rounds); round++) rounds.push(await measure(app.pid))
  close()
  await watching
} finally {
  await app?.close()
  await lab[Symbol.asyncDispose]()
}

async function measure(appPid: number): Promise<Round> {
  const docker = await connectDocker()
  const owner = ownerOf(lab.home, lab.info.lab)
  const names = lab.info.hosts.map(({ name }) => name)
  const times = () => Promise.all(names.map((name) => processTimes(lab.handle, name)))
  // our own looks into the hosts cost as well: they are outside of what the cgroups are compared over
  const processesBefore = await times()
  const before = await hostsUse(docker, owner, names)
  const appBefore = await ownUse(appPid)
  const startedAt = performance.now()
  await pause(Number(values.seconds) * 1000)
  const after = await hostsUse(docker, owner, names)
  const appAfter = await ownUse(appPid)
  const seconds = (performance.now() - startedAt) / 1000
  const processesAfter = await times()
  const hosts = names.map((host, i) => ({
    host,
    mib: mib(after[i]!.memoryBytes),
    cpuPercent: ((after[i]!.cpuSeconds - before[i]!.cpuSeconds) / seconds) * 100,
    processes: percentByName(processesBefore[i]!, processesAfter[i]!, seconds),
  }))
  for (const { host, mib: memory, cpuPercent, processes } of hosts) {
    const dearest = processes.map(([name, percent]) => `${name} ${percent.toFixed(2)}`).join(', ')
    console.error(`${host}: ${memory.toFixed(0)} MiB, ${cpuPercent.toFixed(2)} % (${dearest})`)
  }
  return {
    mib: hosts.reduce((sum, host) => sum + host.mib, 0),
    statsMib: after.reduce((sum, host) => sum + mib(host.statsBytes), 0),
    cpuPercent: hosts.reduce((sum, host) => sum + host.cpuPercent, 0),
    app: { mib: appAfter.mib, cpuPercent: ((appAfter.seconds - appBefore.seconds) / seconds) * 100 },
    hosts,
  }
}

/** The app's own process. 100 ticks per second is what Linux tells every process. */
async function ownUse(pid: number): Promise<{ seconds: number; mib: number }> {
  const [stat, status] = await Promise.all(['stat', 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')))
  const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(status!)?.[1])
  return { seconds: timesIn(stat!, 100).seconds, mib: kib / 1024 }
}

const memory = median(rounds.map((round) => round.mib))
const cpu = median(rounds.map((round) => round.cpuPercent))
const statsMib = median(rounds.map((round) => round.statsMib))
const appMib = median(rounds.map((round) => round.app.mib))
const appCpu = median(rounds.map((round) => round.app.cpuPercent))
await finish(
  {
    name: 'idle',
    rows: [
      {
        what: 'idle lab of five hosts, memory without page cache',
        ours: `${memory.toFixed(0)} MiB`,
        against: `docker stats ${statsMib.toFixed(0)} MiB; the app beside it ${appMib.toFixed(0)} MiB`,
        target: `< ${targets.mib} MiB`,
        met: memory < targets.mib,
        n: rounds.length,
      },
      {
        what: `idle lab of five hosts, processor over ${values.seconds} s`,
        ours: `${cpu.toFixed(1)} % of one core`,
        against: `the app beside it ${appCpu.toFixed(1)} %`,
        target: `< ${targets.cpuPercent} %`,
        met: cpu < targets.cpuPercent,
        n: rounds.length,
      },
    ],
    details: { rounds, targets, set: values.set },
  },
  values.json,
)
