import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFaults } from '../../src-main/faults/index.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab()), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

const slow = { timeout: 240_000 }
const onHost = async (host: string, script: string): Promise<string> =>
  (await lab.handle.exec(host, ['sh', '-c', script], { user: 'root', timeoutMs: 20_000 })).stdout.trim()
/** Processes that faults left on a host, as the kernel lists them. */
const leftOn = (host: string): Promise<string> => onHost(host, 'pgrep --full "[d]ojo-fault"')
const until = <T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> =>
  waitFor(read, holds, {
    what,
    withinMs: 60_000,
    signal: new AbortController().signal,
    describe: (value) => JSON.stringify(value),
  })
/** Quick: what ETCDCTL_ENDPOINTS of a host says is not asked, so that a dead first one costs nothing. */
const members = (host: string): Promise<string> =>
  onHost(host, `ETCDCTL_ENDPOINTS=http://${host}:2379 etcdctl member list`)
const replicaOf = (leader: string | null): string => (leader === 'pg1' ? 'pg2' : 'pg1')
const healed = { state: 'healed', healing: { holds: true } }

test('a WAL receiver that hangs is one that PostgreSQL still has, until it is healed', slow, async () => {
  const { leader } = await lab.whole()
  const replica = replicaOf(leader)
  const { id, did } = await lab.faults.inject({
    kind: 'kill',
    target: replica,
    options: { process: 'walreceiver', signal: 'STOP' },
  })
  const pid = Number(/process (\d+)/.exec(did!)?.[1])
  expect(await onHost(replica, `ps -o state=,args= -p ${pid}`)).toMatch(/^T postgres: .*walreceiver/)
  expect(await lab.faults.heal(id)).toMatchObject([healed])
  expect(await onHost(replica, `ps -o state= -p ${pid}`)).not.toBe('T')
})

test('an archiver that is killed takes all of PostgreSQL down with it for a moment', slow, async () => {
  const { leader } = await lab.whole()
  const started = (): Promise<string> =>
    onHost(leader!, `psql -Atc 'SELECT pg_postmaster_start_time(), pg_backend_pid()'`)
  const children = (): Promise<string> => onHost(leader!, `pgrep -u postgres -f '^postgres: .*checkpointer'`)
  const [before, postmaster] = [await children(), await onHost(leader!, 'head -n 1 "$PGDATA/postmaster.pid"')]
  await expect(
    lab.faults.inject({ kind: 'kill', target: leader!, options: { process: 'archiver', signal: 'TERM' } }),
  ).rejects.toMatchObject({ code: 'fault-refused' })
  const killed = await lab.faults.inject({ kind: 'kill', target: leader!, options: { process: 'archiver' } })
  expect(killed).toMatchObject({ state: 'ended', effect: { holds: true } })
  await until('PostgreSQL to be back', started, (text) => text !== '')
  await until('a new checkpointer', children, (pid) => pid !== '' && pid !== before)
  expect(await onHost(leader!, 'head -n 1 "$PGDATA/postmaster.pid"')).toBe(postmaster)
  await lab.whole(90_000)
})

test('a service that is down stays down, is found down by another app, and comes up when healed', slow, async () => {
  const { id, effect } = await lab.faults.inject({
    kind: 'service-down',
    target: 'proxy',
    options: { service: 'haproxy' },
  })
  expect(effect?.observed).toContain('no listener on')
  await expect(
    lab.faults.inject({ kind: 'service-down', target: 'proxy', options: { service: 'haproxy' } }),
  ).rejects.toMatchObject({ code: 'fault-refused' })
  // runit looks every second
  await until(
    'it to be down for a while',
    () => onHost('proxy', 'sv status haproxy'),
    (said) => /^down: haproxy: ([3-9]|\d\d+)s/.test(said),
  )
  const later = await createFaults({ lab: lab.handle })
  expect(later.list().find((record) => record.id === id)).toMatchObject({ state: 'active' })
  await later.close()
  expect(await lab.faults.heal(id)).toMatchObject([healed])
  expect(await onHost('proxy', 'curl -s -o /dev/null -w "%{http_code}" http://proxy:7000/')).toBe('200')
})

test('a service that its host starts again has ended that fault', slow, async () => {
  const { id } = await lab.faults.inject({ kind: 'service-down', target: 'witness', options: { service: 'etcd' } })
  await lab.handle.power.stop('witness', 10)
  await lab.handle.power.start('witness')
  const record = () => lab.faults.list().find((one) => one.id === id)
  await lab.until('the fault to be over', () => record()?.state === 'ended', 30_000)
  expect(record()?.healing?.observed).toContain('with its host')
})

test('a restart loop keeps the service dying until it is healed, and then no longer', slow, async () => {
  const { id, effect } = await lab.faults.inject({
    kind: 'restart-loop',
    target: 'backup',
    options: { process: 'pgbackrest', everySeconds: 2 },
  })
  expect(effect?.observed).toMatch(/^[3-9] processes/)
  const pid = (): Promise<string> => onHost('backup', 'cat /etc/service/pgbackrest/supervise/pid')
  const first = await until('a process', pid, (text) => text !== '')
  await until('the next one', pid, (text) => text !== '' && text !== first)
  expect(await leftOn('backup')).not.toBe('')
  expect(await lab.faults.heal(id)).toMatchObject([healed])
  expect(await leftOn('backup')).toBe('')
  await until(
    'one that lives',
    () => onHost('backup', 'sv status pgbackrest'),
    (said) => /^run: pgbackrest: \(pid \d+\) ([4-9]|\d\d+)s/.test(said),
  )
})

test('a member of etcd that is lost for good is replaced by another one', slow, async () => {
  await lab.whole()
  const config = (): Promise<string> => onHost('witness', 'md5sum /etc/etcd/etcd.yml')
  const [before, written] = [await members('pg1'), await config()]
  const lost = await lab.faults.inject({ kind: 'lose-member', target: 'witness' })
  const old = /^(\w+), started, witness/m.exec(before)![1]!
  expect(lost.effect?.observed).toContain(old)
  expect(await onHost('witness', 'ls /var/lib/etcd')).toBe('')
  expect(await members('pg1')).toContain(old)
  await lab.event('etcd.lost', 'witness', lost.appliedAt, 20_000)
  await expect(lab.faults.inject({ kind: 'lose-member', target: 'pg1' })).rejects.toMatchObject({
    code: 'fault-refused',
    message: expect.stringContaining('witness') as string,
  })
  // a host that starts again starts its etcd, and that is no member any more
  await lab.handle.power.kill('witness')
  await lab.handle.power.start('witness')
  await until(
    'etcd to be refused',
    () => onHost('witness', 'cat /var/log/etcd/current'),
    (text) => text.includes('already been bootstrapped'),
  )
  const later = await createFaults({ lab: lab.handle })
  expect(later.list().find(({ id }) => id === lost.id)).toMatchObject({ state: 'active' })
  await later.close()
  expect(await lab.faults.heal(lost.id)).toMatchObject([healed])
  const after = await members('pg1')
  expect(after).not.toContain(old)
  expect(after.match(/, started, /g)).toHaveLength(3)
  expect(await members('witness')).toBe(after)
  expect(await config()).toBe(written)
})

test('without a quorum nobody leads, and with it somebody does', slow, async () => {
  await lab.whole()
  const lost = await lab.faults.inject({ kind: 'lose-quorum', target: 'witness' })
  expect(lost.did).toContain('2 of 3 members')
  await lab.until('the quorum to be gone', ({ etcd }) => etcd.value?.quorum !== true || etcd.stale, 20_000)
  await expect(lab.faults.inject({ kind: 'lose-quorum', target: 'pg2' })).rejects.toMatchObject({
    code: 'fault-refused',
  })
  expect(await lab.faults.heal(lost.id)).toMatchObject([healed])
  await lab.until('the quorum to be back', ({ etcd }) => etcd.value?.quorum === true && !etcd.stale, 20_000)
  await lab.whole(120_000)
})

test('a slow member of etcd answers late, also for an app that was not there, until it is healed', slow, async () => {
  await lab.whole()
  const { id } = await lab.faults.inject({ kind: 'slow-etcd', target: 'witness', options: { stallMs: 600 } })
  // from another host: the slowest of ten puts
  const slowest = async (): Promise<number> => {
    const put = `ETCDCTL_ENDPOINTS=http://witness:2379 etcdctl put dojo-test 1 > /dev/null`
    const script = `for n in 1 2 3 4 5 6 7 8 9 10; do a=$(date +%s%3N); ${put}; echo $(($(date +%s%3N) - a)); done; etcdctl del dojo-test > /dev/null`
    return Math.max(...(await onHost('pg1', script)).split('\n').map(Number))
  }
  await until('a slow put', slowest, (ms) => ms > 300)
  const later = await createFaults({ lab: lab.handle })
  expect(later.list().find((record) => record.id === id)).toMatchObject({ state: 'active' })
  expect(await later.heal(id)).toMatchObject([healed])
  await later.close()
  expect(await leftOn('witness')).toBe('')
  expect(await onHost('witness', 'ps -o state= -C etcd')).not.toContain('T')
  await until('quick puts', slowest, (ms) => ms < 300)
})

test('nothing of it is left, and the lab is whole', slow, async () => {
  await lab.whole(120_000)
  expect(lab.faults.list().filter(({ state }) => state !== 'healed' && state !== 'ended')).toEqual([])
  for (const { name } of lab.info.hosts) expect(await leftOn(name), name).toBe('')
})
