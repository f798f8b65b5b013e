import { expect, test } from 'vitest'
import type { FaultContext } from '../../../src-main/faults/fault.js'
import { lostFiles } from '../../../src-main/faults/lost-files.js'
import { standbysRefused } from '../../../src-main/faults/standbys-refused.js'

const data = ['etcd', 'patroni']
const hosts = [
  { name: 'pg1', services: data },
  { name: 'pg2', services: data },
  { name: 'backup', services: ['pgbackrest'] },
]
type Context = FaultContext<Record<string, never>>

/** pg1 leads. Statements and commands are kept; what they answer is a function of their text. */
function context(
  target: string,
  answer: { sql?: (host: string, sql: string) => unknown[]; code?: number; refusals?: number } = {},
) {
  let { refusals = 0 } = answer
  const done: string[] = []
  const { sql = () => [], code = 0 } = answer
  const made = {
    target: hosts.find(({ name }) => name === target),
    hosts,
    state: async () => ({ container: 'running', since: 1 }),
    stateOf: async () => ({ container: 'running', since: 1 }),
    async sql(host: string, statement: string) {
      done.push(`${host}: ${statement}`)
      if (statement.includes('pg_is_in_recovery')) return [{ primary: host === 'pg1' }]
      return sql(host, statement)
    },
    exec: async (argv: string[]) => {
      done.push(argv.join(' '))
      return { code, stdout: '', stderr: code === 0 ? '' : 'could not open file' }
    },
    execOn: async (host: string, argv: string[]) => {
      done.push(`${host}> ${argv.join(' ')}`)
      return { code: host === 'pg1' && refusals-- <= 0 ? 0 : 1, stdout: '', stderr: '' }
    },
  } as unknown as Context
  return { made, done }
}

test('files of the primary are never lost', async () => {
  expect(await lostFiles.refuses!(context('pg1').made)).toContain('pg1 is the primary')
  expect(await lostFiles.refuses!(context('pg2').made)).toBeNull()
})

test('files are not lost twice, and not while nobody else has the data', async () => {
  expect(await lostFiles.refuses!(context('pg2', { code: 1 }).made)).toContain('of no use already')
  const { made } = context('pg2')
  made.sql = () => Promise.reject(new Error('connection refused'))
  expect(await lostFiles.refuses!(made)).toContain('no primary answers')
})

test('a directory that can be read again has healed, whoever did it', async () => {
  expect(await lostFiles.holdsStill(context('pg2', { code: 1 }).made)).toBe(true)
  expect(await lostFiles.holdsStill(context('pg2').made)).toBe(false)
})

test('lost files heal by a copy of everything, asked for on another host, and once', async () => {
  const { made, done } = context('pg2')
  await lostFiles.heal(made)
  expect(done).toEqual([expect.stringMatching(/^pg1> .*echo y \| patronictl reinit .* pg2 2>&1 \| awk .*Success/)])
})

test('a copy that Patroni refuses at first is asked for again', async () => {
  const { made, done } = context('pg2', { refusals: 1 })
  await lostFiles.heal(made)
  expect(done).toHaveLength(2)
})

test('only streaming counts as healed', async () => {
  const streams = (names: string[]) => () => names.map((name) => ({ application_name: name }))
  expect(await lostFiles.proveHealed(context('pg2', { sql: streams(['pg3']) }).made)).toMatchObject({ holds: false })
  expect(await lostFiles.proveHealed(context('pg2', { sql: streams(['pg2']) }).made)).toMatchObject({ holds: true })
})

test('only the primary refuses standbys, and only once', async () => {
  const roles = (rows: unknown[]) => ({ sql: () => rows })
  expect(await standbysRefused.refuses!(context('pg2').made)).toContain('that is pg1')
  expect(await standbysRefused.refuses!(context('pg1', roles([])).made)).toBeNull()
  expect(await standbysRefused.refuses!(context('pg1', roles([{ rolname: 'r' }])).made)).toContain('already')
})

test('standbys are refused by an expired role and thrown out; healing opens it on whoever leads by then', async () => {
  const sql = (_: string, statement: string) => (statement.includes('quote_ident') ? [{ role: '"odd name"' }] : [])
  const refused = context('pg1', { sql })
  expect(await standbysRefused.apply(refused.made)).not.toMatch(/password|expire|role/)
  expect(refused.done.slice(1)).toEqual([
    `pg1: alter role "odd name" valid until '2020-01-01'`,
    'pg1: select pg_terminate_backend(pid) from pg_stat_replication',
  ])
  const healed = context('pg2', { sql })
  await standbysRefused.heal(healed.made)
  expect(healed.done.at(-1)).toBe(`pg1: alter role "odd name" valid until 'infinity'`)
})

test('while no primary can be asked, the refusal counts as still there', async () => {
  const { made } = context('pg1')
  expect(await standbysRefused.holdsStill(made)).toBe(false)
  made.sql = () => Promise.reject(new Error('connection refused'))
  expect(await standbysRefused.holdsStill(made)).toBe(true)
})
