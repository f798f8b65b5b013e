import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../../src-main/util/wait-for.js'
import { startLab, type TestLab } from '../support/lab.js'
import { askAsSuperuser } from '../support/lab-sql.js'
import { outside } from '../support/outside.js'

let lab: TestLab
beforeAll(async () => void (lab = await startLab('trio', { ports: 'fixed' })), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

const { signal } = new AbortController()
/** As written by those who use this cluster. */
const here = async (command: string): Promise<string> => {
  const { app } = await lab.handle.credentials()
  return outside(lab, command, { PGPASSWORD: app.password })
}
const leaderBy = (port: number): Promise<string> =>
  here(`curl -s localhost:${port}/cluster | jq -r '.members[] | select(.role=="leader") | .name'`)
const until = <T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean, withinMs: number): Promise<T> =>
  waitFor(read, holds, { what, withinMs, everyMs: 250, signal, describe: (value) => JSON.stringify(value) })

test('Patroni’s REST API answers on 8008, 8009 and 8010', async () => {
  const cluster = JSON.parse(await here('curl -s localhost:8008/cluster | jq .')) as {
    scope: string
    members: { name: string; role: string }[]
  }
  expect(cluster.scope).toBe('trio')
  expect(cluster.members.map(({ name, role }) => [name, role])).toEqual([
    ['patroni1', 'leader'],
    ['patroni2', 'replica'],
    ['patroni3', 'replica'],
  ])
  expect(await leaderBy(8010)).toBe('patroni1')
  const states = await here(
    `for port in 8008 8009 8010; do curl -s localhost:$port/patroni | jq -r '.role + " " + .state'; done`,
  )
  expect(states.split('\n')).toEqual(['primary running', 'replica running', 'replica running'])
  const codes = await here(
    `for path in 8008/health 8009/health 8008/primary 8009/primary 8009/replica; do curl -s -o /dev/null -w '%{http_code} ' localhost:$path; done`,
  )
  expect(codes).toBe('200 200 200 503 200')
})

test('PostgreSQL answers on 5532, 5533 and 5534, as myuser in mydb, and shows its standbys', async () => {
  const psql = (port: number, sql: string) => here(`psql -h localhost -p ${port} -U myuser -d mydb -Atc "${sql}"`)
  expect(await psql(5532, 'select current_user, current_database(), pg_is_in_recovery()')).toBe('myuser|mydb|f')
  expect(await psql(5533, 'select pg_is_in_recovery()')).toBe('t')
  expect(await psql(5534, 'select pg_is_in_recovery()')).toBe('t')
  expect((await psql(5532, 'select application_name from pg_stat_replication order by 1')).split('\n')).toEqual([
    'patroni2',
    'patroni3',
  ])
  const rows = await askAsSuperuser(lab.handle, 'select application_name, state from pg_stat_replication order by 1')
  expect(rows).toEqual([
    { application_name: 'patroni2', state: 'streaming' },
    { application_name: 'patroni3', state: 'streaming' },
  ])
  const route = `psql 'host=localhost,localhost,localhost port=5534,5533,5532 user=myuser dbname=mydb target_session_attrs=read-write' -Atc 'show transaction_read_only'`
  expect(await here(route)).toBe('off')
})

test(
  'a leader whose container is stopped is replaced, and follows when it is started',
  { timeout: 120_000 },
  async () => {
    await lab.handle.power.stop('patroni1', 60) // what `docker stop` does
    const leader = await until(
      'another leader',
      () => leaderBy(8009),
      (name) => name !== 'patroni1' && name !== '',
      20_000,
    )
    expect(['patroni2', 'patroni3']).toContain(leader)
    await lab.handle.power.start('patroni1')
    const member = `curl -s localhost:8009/cluster | jq -r '.members[] | select(.name=="patroni1") | .role + " " + .state'`
    await until(
      'patroni1 to stream',
      () => here(member),
      (said) => said === 'replica streaming',
      60_000,
    )
  },
)
