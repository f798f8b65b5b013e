import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectDocker } from '../../src-main/docker/engine.js'
import { filterOf } from '../../src-main/docker/labels.js'
import { createFaults } from '../../src-main/faults/index.js'
import { downLab, recover } from '../../src-main/lab/labs.js'
import { readLab } from '../../src-main/lab/store.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { ask, askAsClient, askAsSuperuser } from '../support/lab-sql.js'
import { watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
let leader: string
let replica: string
beforeAll(async () => {
  lab = await watchedLab('pair-small-disks')
  await lab.backedUp
}, 300_000)
afterAll(() => lab?.[Symbol.asyncDispose](), 60_000)
beforeEach(async () => {
  leader = (await lab.whole(90_000)).leader!
  replica = leader === 'pg1' ? 'pg2' : 'pg1'
}, 100_000)

// what a test that failed has left must not fail the next one
afterEach(
  () =>
    lab.faults.heal().then(
      () => undefined,
      () => undefined,
    ),
  240_000,
)

const limit = { timeout: 240_000 }

/** Asks one host past every proxy, as the superuser. */
async function askHost<Row extends object>(host: string, sql: string): Promise<Row[]> {
  const { superuser } = await lab.handle.credentials()
  const endpoint = lab.info.hosts.find(({ name }) => name === host)!.endpoints.postgres!
  return ask<Row>(endpoint, { user: superuser.username, password: superuser.password, database: 'app' }, sql)
}
const shell = async (host: string, script: string): Promise<string> =>
  (await lab.handle.exec(host, ['sh', '-c', script], { user: 'root' })).stdout.trim()
const rows = (name: string): string =>
  `create table ${name} as select n, repeat('x', 1000) from generate_series(1, 60000) n`

/** The fault as an app sees it that starts now. */
async function afterRestart(id: string): Promise<string | undefined> {
  const other = await createFaults({ lab: lab.handle })
  const state = other.list().find((record) => record.id === id)?.state
  await other.close()
  return state
}

async function healed(id: string): Promise<string> {
  const [record] = await lab.faults.heal(id)
  expect(record).toMatchObject({ state: 'healed', healing: { holds: true } })
  return record!.healing!.observed
}

test('a full data disk refuses what needs room, and changes no role', limit, async () => {
  const { id } = await lab.faults.inject({ kind: 'disk-full', target: leader, options: { leaveMiB: 2 } })
  await expect(askAsClient(lab.handle, rows('much'))).rejects.toMatchObject({ code: '53100' })
  expect(await askAsClient(lab.handle, 'create table little as select 1 as n')).toEqual([])
  expect(lab.observer.state().leader).toBe(leader)
  expect(await afterRestart(id)).toBe('active')
  expect(await healed(id)).toContain('it went on by itself')
  await askAsClient(lab.handle, rows('much'))
  await askAsClient(lab.handle, 'drop table much, little')
})

test('a full WAL disk ends the leader, and healing brings its host back', limit, async () => {
  await lab.whole(90_000) // a leader without a synchronous standby would have nobody to follow it
  const { id } = await lab.faults.inject({ kind: 'disk-full', target: 'leader', options: { which: 'wal' } })
  // more segments than the disk has room for, so that recycled ones do not do
  const complete = "perform pg_create_restore_point('full'), pg_switch_wal()"
  const fill = askHost(leader, `do $$ begin for n in 1..40 loop ${complete}; end loop; end $$`)
  await expect(fill).rejects.toThrow(/No space|terminat|reset|closed/i)
  await lab.until('another leader', (state) => state.leader === replica, 90_000)
  expect(await healed(id)).toMatch(/MiB free; Patroni: replica, streaming; /)
  await lab.whole(90_000)
})

test('a wrong clock is seen by SQL, and stays with its disks when the host stops and starts', limit, async () => {
  const ahead = async (): Promise<number> => {
    const [row] = await askHost<{ now: Date }>(replica, 'select clock_timestamp() as now')
    return (row!.now.getTime() - Date.now()) / 1000
  }
  const { id } = await lab.faults.inject({ kind: 'clock-skew', target: replica, options: { seconds: -3600 } })
  expect(Math.round((await ahead()) / 60)).toBe(-60)
  const made = () => shell(replica, `stat -c '%i %Y' "$PGDATA/PG_VERSION"`)
  const before = await made()
  await lab.handle.power.stop(replica, 60)
  await lab.handle.power.start(replica)
  await lab.whole(90_000)
  expect(Math.round((await ahead()) / 60)).toBe(-60)
  expect(await shell(replica, 'df --output=target,fstype "$PGDATA" | tail -n 1')).toMatch(
    /^\/var\/lib\/postgresql\/17\s+tmpfs$/,
  )
  expect(await made()).toBe(before)
  expect(await afterRestart(id)).toBe('active')
  await healed(id)
  expect(Math.abs(await ahead())).toBeLessThan(60)
})

test('an archive fails, or takes its time, until its command is what it was', limit, async () => {
  const command = 'select setting from pg_settings where name = $$archive_command$$'
  const before = await askHost(leader, command)
  const inArchive = async (segment: string): Promise<boolean> =>
    (await shell('backup', `find /var/lib/pgbackrest/archive -name '${segment}-*'`)) !== ''
  const segment = async (): Promise<string> =>
    (await askHost<{ name: string }>(leader, 'select pg_walfile_name(pg_current_wal_lsn()) as name'))[0]!.name

  const first = await segment() // the fault itself completes it
  const failing = await lab.faults.inject({ kind: 'failing-archive', target: leader })
  expect(failing.effect?.observed).toMatch(/[1-9]\d* attempts failed/)
  expect(await inArchive(first)).toBe(false)
  await expect(lab.faults.inject({ kind: 'slow-archive', target: leader })).rejects.toThrow('disturbed already')
  await expect(lab.faults.inject({ kind: 'slow-archive', target: replica })).rejects.toThrow(
    `only the primary archives, and that is ${leader} now`,
  )
  expect(await afterRestart(failing.id)).toBe('active')
  await healed(failing.id)
  expect(await inArchive(first)).toBe(true)
  expect(await askHost(leader, command)).toEqual(before)

  const slow = await lab.faults.inject({ kind: 'slow-archive', target: leader, options: { seconds: 5 } })
  const second = await segment()
  await askHost(leader, `select pg_create_restore_point('slow'), pg_switch_wal()`)
  expect(await inArchive(second)).toBe(false)
  await healed(slow.id)
  expect(await inArchive(second)).toBe(true)
  expect(await askHost(leader, command)).toEqual(before)
})

test('a damaged page can not be read on its host alone, and leaves nothing', limit, async () => {
  const { id } = await lab.faults.inject({ kind: 'damaged-page', target: replica })
  const read = 'select count(*)::int as rows from dojo_pages'
  await expect(askHost(replica, read)).rejects.toMatchObject({ code: 'XX001' })
  expect(await askAsClient(lab.handle, read)).toEqual([{ rows: 300 }])
  expect(await afterRestart(id)).toBe('active')
  await healed(id)
  const left = `select (select count(*) from pg_class where relname = 'dojo_pages')
    + (select count(*) from pg_extension where extname = 'pg_buffercache') as left`
  expect(await askHost(leader, left)).toEqual([{ left: '0' }])
})

test('a damaged backup is another one until it is healed', limit, async () => {
  const files = `find /var/lib/pgbackrest/backup -type f | sort | xargs sha256sum | sha256sum`
  const before = await shell('backup', files)
  const { id, effect } = await lab.faults.inject({ kind: 'damaged-backup', target: 'backup' })
  expect(effect?.observed).toMatch(/^pgbackrest verify: invalid/)
  expect(await shell('backup', files)).not.toBe(before)
  expect(await afterRestart(id)).toBe('active')
  await healed(id)
  expect(await shell('backup', files)).toBe(before)
  await expect(lab.faults.inject({ kind: 'damaged-backup', target: leader })).rejects.toThrow('not here but on backup')
})

test('no fault has left anything, and every one is accounted for', limit, async () => {
  for (const host of ['pg1', 'pg2']) {
    expect(await shell(host, 'ls -d /var/lib/postgresql/*/ballast-* /etc/sv/patroni/env 2>/dev/null')).toBe('')
  }
  expect(await askAsSuperuser(lab.handle, 'show data_checksums')).toEqual([{ data_checksums: 'on' }])
  expect(new Set(lab.faults.list().map(({ state }) => state))).toEqual(new Set(['healed']))
})

test(
  'a lab whose disks went with the engine has failed and says so, and its removal leaves nothing',
  limit,
  async () => {
    const { home, info, handle } = lab
    const docker = await connectDocker()
    const keepers = await docker.listContainers({ filters: filterOf(home.id, info.lab, 'disk') })
    expect(keepers).toHaveLength(1)
    await Promise.all([
      ...info.hosts.map(({ name }) => handle.power.kill(name)),
      docker.getContainer(keepers[0]!.Id).kill(),
    ])
    await waitFor(
      () => handle.hostStates(),
      (states) => Object.values(states).every(({ container }) => container === 'exited'),
      {
        what: 'every host to be down',
        withinMs: 30_000,
        signal: new AbortController().signal,
        describe: (states) => JSON.stringify(states),
      },
    )
    expect(await recover(home)).toEqual([{ lab: info.lab, did: 'nothing' }])
    expect(await readLab(home, info.lab)).toMatchObject({
      info: { state: 'failed' },
      error: { what: `Lab "${info.lab}" has lost its disks` },
    })
    await downLab(info.lab, home)
    const filters = filterOf(home.id)
    expect(await docker.listContainers({ all: true, filters })).toEqual([])
    expect((await docker.listVolumes({ filters })).Volumes ?? []).toEqual([])
  },
)
