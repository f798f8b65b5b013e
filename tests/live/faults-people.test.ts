import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFaults } from '../../src-main/faults/index.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { ask, askAsClient } from '../support/lab-sql.js'
import { watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => {
  lab = await watchedLab()
  await lab.backedUp // what a promoted standby archives is half of that story
}, 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

const slow = { timeout: 240_000 }
const healed = { state: 'healed', healing: { holds: true } }
const replicaOf = (leader: string | null): string => (leader === 'pg1' ? 'pg2' : 'pg1')
const onHost = async (host: string, script: string): Promise<string> =>
  (await lab.handle.exec(host, ['sh', '-c', script], { user: 'root', timeoutMs: 20_000 })).stdout.trim()
/** As the superuser on one host, past every proxy. */
const sql = async (host: string, statement: string): Promise<Record<string, unknown>[]> => {
  const { superuser } = await lab.handle.credentials()
  const endpoint = lab.info.hosts.find(({ name }) => name === host)!.endpoints.postgres!
  return ask(endpoint, { user: superuser.username, password: superuser.password, database: 'postgres' }, statement)
}
const until = <T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> =>
  waitFor(read, holds, {
    what,
    withinMs: 60_000,
    signal: new AbortController().signal,
    describe: (value) => JSON.stringify(value),
  })
/** The dynamic configuration by Patroni's word; faults read it from etcd. */
const config = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await onHost('pg1', 'curl -s http://pg1:8008/config')) as Record<string, unknown>
const stateOf = (id: string): string | undefined => lab.faults.list().find((record) => record.id === id)?.state

let asItWas: Record<string, unknown>
test('a paused cluster is paused by everybody’s word, and acts again when it is healed', slow, async () => {
  await lab.whole()
  asItWas = await config()
  const { id } = await lab.faults.inject({ kind: 'forgotten-pause', target: 'leader' })
  expect(await config()).toMatchObject({ pause: true })
  expect(await onHost('pg2', 'patronictl list')).toContain('Maintenance mode: on')
  await expect(lab.faults.inject({ kind: 'forgotten-pause', target: 'pg2' })).rejects.toMatchObject({
    code: 'fault-refused',
  })
  const later = await createFaults({ lab: lab.handle })
  expect(later.list()).toMatchObject([{ id, state: 'active' }])
  await later.close()
  expect(await lab.faults.heal(id)).toMatchObject([healed])
  expect(await onHost('pg2', 'patronictl list')).not.toContain('Maintenance')
})

test('a pause that somebody resumes by hand has ended', slow, async () => {
  const { id } = await lab.faults.inject({ kind: 'forgotten-pause', target: 'leader' })
  await onHost('pg1', 'patronictl resume')
  expect(await lab.faults.heal()).toEqual([])
  expect(stateOf(id)).toBe('ended')
})

test('a slot that nobody reads from keeps WAL, whatever Patroni does, until it is healed', slow, async () => {
  const { leader } = await lab.whole()
  const { id, effect } = await lab.faults.inject({ kind: 'orphan-slot', target: 'any-replica' })
  expect(effect?.observed).toMatch(/inactive, [1-9]\d* bytes of WAL kept/)
  const slot = `SELECT active, restart_lsn::text FROM pg_replication_slots WHERE slot_name = 'old_replica'`
  const [before] = await sql(leader!, slot)
  await sql(leader!, 'SELECT pg_switch_wal()')
  await sql(leader!, 'CHECKPOINT')
  // Patroni looks at the slots once per loop
  const cycle = async () =>
    Number((await onHost(leader!, 'curl -s http://localhost:8008/patroni | jq .dcs_last_seen')) || 0)
  const seen = await cycle()
  await until('Patroni to have gone round twice', cycle, (at) => at > seen + 4)
  expect(await sql(leader!, slot)).toEqual([before])
  expect(before).toMatchObject({ active: false })
  expect(await lab.faults.heal(id)).toMatchObject([healed])
  for (const host of ['pg1', 'pg2']) expect(await sql(host, slot)).toEqual([])
})

test('an idle transaction is one that PostgreSQL names, outlives the app, and ends with its client', slow, async () => {
  const { leader } = await lab.whole()
  await expect(lab.faults.inject({ kind: 'idle-transaction', target: replicaOf(leader) })).rejects.toMatchObject({
    code: 'fault-refused',
  })
  const { id } = await lab.faults.inject({ kind: 'idle-transaction', target: 'leader' })
  const open = `SELECT state, backend_xid IS NOT NULL AS holds FROM pg_stat_activity WHERE application_name = 'nightly-report-${id}'`
  expect(await sql(leader!, open)).toEqual([{ state: 'idle in transaction', holds: true }])
  const later = await createFaults({ lab: lab.handle })
  expect(later.list().find((record) => record.id === id)).toMatchObject({ state: 'active' })
  expect(await later.heal(id)).toMatchObject([healed])
  await later.close()
  expect(await sql(leader!, open)).toEqual([])
  expect(await onHost(leader!, 'pgrep --full "[d]ojo-fault|[s]leep infinity"')).toBe('')
})

test('clients that pg_hba refuses get in again, and our own sight was never in the way', slow, async () => {
  await lab.whole()
  const { id } = await lab.faults.inject({ kind: 'broken-hba', target: 'leader', options: { refuses: 'clients' } })
  await expect(askAsClient(lab.handle, 'SELECT 1')).rejects.toThrow('pg_hba.conf rejects')
  expect(await sql('pg1', 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await lab.whole()
  expect(await lab.faults.heal(id)).toMatchObject([healed])
  expect(await askAsClient(lab.handle, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('standbys that pg_hba refuses stop streaming, and stream again', slow, async () => {
  const { leader } = await lab.whole()
  const { id } = await lab.faults.inject({ kind: 'broken-hba', target: 'leader' })
  expect(await sql(leader!, 'SELECT state FROM pg_stat_replication')).toEqual([])
  const [{ rules } = {}] = await sql(
    leader!,
    `SELECT count(*)::int AS rules FROM pg_hba_file_rules WHERE 'replication' = ANY (database) AND address NOT LIKE '127.%'`,
  )
  expect(rules).toBe(0)
  expect(await lab.faults.heal(id)).toMatchObject([healed])
  await lab.whole(90_000)
})

test('a standby that was promoted by hand streams again, and its timeline is in no archive', slow, async () => {
  const { leader } = await lab.whole()
  const replica = replicaOf(leader)
  await expect(lab.faults.inject({ kind: 'promote', target: leader! })).rejects.toMatchObject({ code: 'fault-refused' })
  const stray = (): Promise<string> => onHost('backup', 'find /var/lib/pgbackrest/archive -name "00000002*"')
  const { id, effect } = await lab.faults.inject({ kind: 'promote', target: replica })
  expect(effect?.observed).toContain(`${replica} began timeline 2`)
  await until(
    'Patroni to end the second primary',
    () => sql(replica, 'SELECT pg_is_in_recovery() AS standby').catch(() => []),
    ([row]) => row?.['standby'] !== false,
  )
  await until('its history to be archived', stray, (found) => found !== '')
  await lab.faults.inject({ kind: 'forgotten-pause', target: leader! }).then((pause) => lab.faults.heal(pause.id))
  expect(stateOf(id)).toBe('active') // Patroni ended it, and its traces keep the standby down
  expect(await lab.faults.heal(id)).toMatchObject([healed])
  await lab.whole(120_000)
  expect(await sql(leader!, 'SELECT application_name AS name, state, sync_state FROM pg_stat_replication')).toEqual([
    { name: replica, state: 'streaming', sync_state: 'sync' },
  ])
  expect(await stray()).toBe('')
})

test('nothing of it is left, and the lab is whole', slow, async () => {
  await lab.whole(120_000)
  expect(lab.faults.list().filter(({ state }) => state !== 'healed' && state !== 'ended')).toEqual([])
  expect(await config()).toEqual(asItWas)
  expect(await askAsClient(lab.handle, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  const [{ slots } = {}] = await sql(
    lab.observer.state().leader!,
    'SELECT count(*)::int AS slots FROM pg_replication_slots',
  )
  expect(slots).toBe(1)
})
