import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FaultRecord } from '../../src-main/contract/fault.js'
import { query } from '../../src-main/cluster/postgres.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { filterOf } from '../../src-main/docker/labels.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { hostOf, watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab()), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

afterEach(async () => {
  await lab.faults.heal()
  const found = await left()
  if (found.length > 0) throw new Error(`left behind: ${found.join('; ')}`)
}, 120_000)

/** What every host has: no queue, and the engine's own way to its name server. */
const usual = ['', 'qdisc noqueue', 'table ip nat']

/** Everything that faults leave outside the ledger: rules and queues of every host, helper containers, CPU limits. */
async function left(): Promise<string[]> {
  const { handle, home, info } = lab
  const beside = info.hosts.map(async ({ name }) => {
    const { stdout } = await handle.beside(name, 'nft list tables; tc qdisc show dev eth0')
    const own = stdout.split('\n').filter((line) => !usual.includes(line.split(' 0:')[0]!))
    const limit = await handle.cpuLimit(name)
    return [...own, ...(limit === null ? [] : [`${limit} % of a core`])].map((line) => `${name}: ${line}`)
  })
  const found = (await Promise.all(beside)).flat()
  const docker = await connectDocker()
  const helpers = await docker.listContainers({ all: true, filters: filterOf(home.id, info.lab, 'helper') })
  return [...found, ...helpers.map(({ Names }) => Names.join())]
}

const sh = async (host: string, script: string): Promise<string> =>
  (await lab.handle.exec(host, ['bash', '-c', script], { user: 'root', timeoutMs: 60_000 })).stdout.trim()
/** Whether a GET from one host to another is answered within 2 s. */
const reaches = async (from: string, url: string): Promise<boolean> =>
  (await sh(from, `curl -s -o /dev/null -m 2 http://${url} && echo yes`)) === 'yes'
const etcd = (host: string): string => `${host}:2379/version`
const patroni = (host: string): string => `${host}:8008/liveness`
const lossPercent = async (from: string, to: string): Promise<number> =>
  Number(/([\d.]+)% packet loss/.exec(await sh(from, `ping -q -c 150 -i 0.02 -W 1 ${to}`))?.[1])
const recordOf = (id: string): FaultRecord => lab.faults.list().find((one) => one.id === id)!
const state = (id: string, wanted: FaultRecord['state'], withinMs = 30_000): Promise<FaultRecord> =>
  waitFor(
    () => recordOf(id),
    (record) => record.state === wanted,
    {
      what: `fault ${id} to be ${wanted}`,
      withinMs,
      signal: new AbortController().signal,
      describe: (record) => JSON.stringify(record),
    },
  )
/** A byte count that PostgreSQL sends over our own route to it, and how long that took. */
async function fetched(host: string, bytes: number): Promise<{ ms: number; bytes: number }> {
  const endpoint = lab.info.hosts.find(({ name }) => name === host)!.endpoints.postgres!
  const { superuser } = await lab.handle.credentials()
  const began = performance.now()
  const [row] = await query(endpoint, superuser, `select repeat('x', ${bytes}) as text`, { timeoutMs: 30_000 })
  return { ms: performance.now() - began, bytes: String(row!['text']).length }
}

test('loss: a ping between the hosts loses packets, one past them none', { timeout: 120_000 }, async () => {
  expect(await lossPercent('pg1', 'witness')).toBe(0)
  const lost = await lab.faults.inject({ kind: 'loss', target: 'witness', options: { percent: 40, peers: ['pg1'] } })
  expect(lost).toMatchObject({
    state: 'active',
    effect: { holds: true, observed: expect.stringMatching(/packets lost/) },
  })
  // 40 % on the way there and on the way back make 64 %
  const percent = await lossPercent('pg1', 'witness')
  expect(percent).toBeGreaterThan(35)
  expect(percent).toBeLessThan(90)
  expect(await lossPercent('pg2', 'witness')).toBe(0)
  const [healed] = await lab.faults.heal(lost.id)
  expect(healed).toMatchObject({ state: 'healed', healing: { holds: true } })
  expect(await lossPercent('pg1', 'witness')).toBe(0)
})

test('throttle: a download takes its time, and our own route to the host does not', { timeout: 180_000 }, async () => {
  const { leader } = await lab.whole()
  const replica = leader === 'pg1' ? 'pg2' : 'pg1'
  // etcd's metrics, five times: some hundred KB
  const download = async (): Promise<{ s: number; kbit: number }> => {
    const url = `http://${replica}:2379/metrics`
    const script = `for n in 1 2 3 4 5; do curl -s -m 40 -o /dev/null -w '%{size_download} %{time_total}\\n' ${url}; done`
    const rows = (await sh('witness', script)).split('\n').map((line) => line.split(' ').map(Number))
    const sum = (i: number): number => rows.reduce((all, row) => all + row[i]!, 0)
    return { s: sum(1), kbit: (sum(0) * 8) / 1000 }
  }
  const before = await download()
  const slow = await lab.faults.inject({ kind: 'throttle', target: replica, options: { kbit: 1_000 } })
  expect(slow).toMatchObject({ state: 'active', effect: { holds: true } })
  const during = await download()
  expect(during.kbit / during.s, `${during.kbit} kbit in ${during.s} s`).toBeLessThan(1_600)
  expect(before.s).toBeLessThan(during.s / 2)
  // 16 Mbit would take 16 s
  const seen = await fetched(replica, 2_000_000)
  expect(seen.bytes).toBe(2_000_000)
  expect(seen.ms).toBeLessThan(10_000)
  await lab.faults.heal(slow.id)
  expect((await download()).s).toBeLessThan(during.s / 2)
})

const hasNetem = async (): Promise<boolean> => (await lab.handle.kernel())?.netem.works ?? false

test('delay: a ping between the hosts takes longer', { timeout: 120_000 }, async ({ skip }) => {
  if (!(await hasNetem())) skip("this engine's kernel has no netem")
  const options = { ms: 200, peers: ['pg1'] }
  const { id } = await lab.faults.inject({ kind: 'delay', target: 'witness', options })
  const ms = Number(/= [\d.]+\/([\d.]+)/.exec(await sh('pg1', 'ping -q -c 5 -i 0.2 witness'))?.[1])
  expect(ms).toBeGreaterThan(150)
  expect(await lab.faults.heal(id)).toMatchObject([{ state: 'healed' }])
})

test('delay is refused where the kernel can not do it, in its words', async ({ skip }) => {
  if (await hasNetem()) skip("this engine's kernel has netem")
  const asked = lab.faults.inject({ kind: 'delay', target: 'witness' })
  await expect(asked).rejects.toMatchObject({ code: 'kernel-lacks', message: expect.stringContaining('lacks netem') })
  expect(lab.faults.list().some(({ kind }) => kind === 'delay')).toBe(false)
})

test(
  'slow: the engine and the kernel limit everything on the host, until it is healed',
  { timeout: 180_000 },
  async () => {
    const periods =
      "cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null | head -n 1 | cut -d ' ' -f 1"
    const { id, effect } = await lab.faults.inject({ kind: 'slow', target: 'backup', options: { percent: 10 } })
    expect(effect).toMatchObject({ holds: true, observed: expect.stringContaining('a busy loop got') })
    expect(await lab.handle.cpuLimit('backup')).toBe(10)
    expect(await sh('backup', periods)).toBe('10000')
    await expect(lab.faults.inject({ kind: 'slow', target: 'backup' })).rejects.toMatchObject({ code: 'fault-refused' })
    expect(await lab.faults.heal(id)).toMatchObject([{ state: 'healed', healing: { holds: true } }])
    expect(['max', '-1']).toContain(await sh('backup', periods))
  },
)

test('a partition by service cuts that one and nothing else', { timeout: 120_000 }, async () => {
  await lab.whole()
  const options = { services: ['etcd'], from: ['witness'] }
  const { id, cuts } = await lab.faults.inject({ kind: 'partition', target: 'pg1', options })
  expect(cuts).toEqual([
    { from: 'pg1', to: 'witness', services: ['etcd'] },
    { from: 'witness', to: 'pg1', services: ['etcd'] },
  ])
  expect(await reaches('witness', etcd('pg1'))).toBe(false)
  expect(await reaches('witness', patroni('pg1'))).toBe(true)
  expect(await reaches('pg2', etcd('pg1'))).toBe(true)
  await lab.faults.heal(id)
  expect(await reaches('witness', etcd('pg1'))).toBe(true)
})

test('by direction, only packets that way are kept back', { timeout: 120_000 }, async () => {
  const options = { from: ['witness'], direction: 'in' }
  await lab.faults.inject({ kind: 'partition', target: 'backup', options })
  // a counter of our own, beside the other host: what the target sends still arrives there, and is answered in vain
  const count = 'add table inet count; add chain inet count c { type filter hook input priority -20; }'
  await lab.handle.beside('witness', `nft '${count}; add rule inet count c ip protocol icmp counter'`)
  try {
    expect(await sh('backup', 'ping -q -c 3 -i 0.2 -W 1 witness')).toContain('100% packet loss')
    const { stdout } = await lab.handle.beside('witness', 'nft list table inet count')
    expect(Number(/packets (\d+)/.exec(stdout)?.[1])).toBe(3)
  } finally {
    await lab.handle.beside('witness', 'nft delete table inet count')
  }
})

test(
  'overlapping partitions heal apart, hosts can be on one side, and none of it is seen on a host',
  { timeout: 180_000 },
  async () => {
    await lab.whole()
    // proxy and backup on one side, both cut off from the witness; and the proxy from pg1 as well
    const both = await lab.faults.inject({
      kind: 'partition',
      target: 'backup',
      options: { with: ['proxy'], from: ['witness'] },
    })
    const one = await lab.faults.inject({ kind: 'partition', target: 'proxy', options: { from: ['witness', 'pg1'] } })
    expect(await reaches('proxy', etcd('witness'))).toBe(false)
    expect(await reaches('backup', etcd('witness'))).toBe(false)
    expect(await reaches('proxy', patroni('pg1'))).toBe(false)
    expect(await reaches('backup', patroni('pg1'))).toBe(true)
    const inside = await lab.handle.exec('proxy', ['nft', 'list', 'tables'], { user: 'root' })
    expect(inside.code).not.toBe(0)
    expect(inside.stdout).not.toContain('dojo_')
    const [healed] = await lab.faults.heal(one.id)
    expect(healed).toMatchObject({ state: 'healed', healing: { holds: true } })
    expect(await reaches('proxy', patroni('pg1'))).toBe(true)
    expect(await reaches('proxy', etcd('witness'))).toBe(false)
    expect(recordOf(both.id).state).toBe('active')
    await lab.faults.heal(both.id)
    expect(await reaches('proxy', etcd('witness'))).toBe(true)
  },
)

test('an isolated host is still observed, and a restart ends its isolation', { timeout: 180_000 }, async () => {
  const { leader } = await lab.whole()
  const replica = leader === 'pg1' ? 'pg2' : 'pg1'
  const { id } = await lab.faults.inject({ kind: 'partition', target: replica })
  expect(await reaches(leader!, patroni(replica))).toBe(false)
  expect((await fetched(replica, 10)).bytes).toBe(10)
  const since = Date.now()
  await lab.until(
    'PostgreSQL on the isolated host to be read',
    (seen) => {
      const { postgres } = hostOf(seen, replica)
      return postgres?.value !== undefined && !postgres.stale && seen.at > since
    },
    15_000,
  )
  await lab.handle.power.stop(replica, 60)
  await lab.handle.power.start(replica)
  expect(await state(id, 'ended')).toMatchObject({
    healing: { observed: `the rules went with the network of ${replica}: it was stopped or restarted` },
  })
  await lab.whole(90_000)
})

test('a scheduled fault finds its role when it is due, and heals by itself', { timeout: 180_000 }, async () => {
  await lab.whole()
  const schedule = { afterMs: 1_000, forMs: 4_000 }
  const options = { services: ['patroni'] }
  const first = await lab.faults.inject({ kind: 'partition', target: 'etcd-leader', options, schedule })
  expect(first).toMatchObject({ state: 'scheduled', target: 'etcd-leader' })
  const etcdLeader = lab.observer.state().etcd.value!.members.find(({ leader }) => leader)!.name
  expect(await state(first.id, 'active')).toMatchObject({ target: etcdLeader, effect: { holds: true } })
  expect(await state(first.id, 'healed', 60_000)).toMatchObject({ healing: { holds: true } })
})
