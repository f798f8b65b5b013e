import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBackups, type Backups } from '../../src-main/backup/index.js'
import type { PitrTarget, PitrView } from '../../src-main/contract/backup.js'
import { findProduction } from '../../src-main/backup/production.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { startLab, type TestLab } from '../support/lab.js'

const signal = AbortSignal.timeout(600_000)
const moments =
  'cd $PGDATA/pg_wal; for s in $(ls | grep -E "^[0-9A-F]{24}$"); do pg_waldump -r Transaction $s 2>/dev/null; done | grep "COMMIT.*rels:" | tail -n 1'

describe('backups and recovery of a pair', () => {
  let lab: TestLab
  let backups: Backups
  const psql = async (host: string, sql: string): Promise<string> => {
    const { code, stdout, stderr } = await lab.handle.exec(host, ['psql', '-XAtq', '-d', 'app', '-c', sql])
    if (code !== 0) throw new Error(stderr)
    return stdout.trim()
  }
  const onSpare = async (sql: string): Promise<string> => {
    const argv = ['psql', '-h', '/run/postgresql', '-p', '5432', '-U', 'postgres', '-XAtq', '-d', 'app', '-c', sql]
    const { stdout, stderr } = await lab.handle.exec('backup', argv)
    return stdout.trim() || stderr.trim()
  }
  const ended = (): Promise<PitrView | null> =>
    waitFor(
      () => backups.pitr(),
      (view) => view !== null && view.state !== 'running',
      { what: 'the recovery to end', withinMs: 240_000, signal, describe: (view) => JSON.stringify(view?.steps) },
    )
  const rows = 'select count(*), sum(id), md5(string_agg(note, chr(10) order by id)) from notes'
  const before = (value: string): PitrTarget => ({ kind: 'time', value, exclusive: true })
  let dropped = ''
  let kept = ''

  beforeAll(async () => {
    lab = await startLab('pair-witness', {
      set: ['backup.encrypted=true', 'backup.archive_async=true', 'backup.replicas_from_backup=true'],
    })
    await lab.backedUp
    backups = createBackups(lab.handle, () => undefined)
  }, 240_000)
  afterAll(async () => {
    await backups?.close()
    await lab?.[Symbol.asyncDispose]()
  }, 120_000)

  test('a backup is in the list, and the window begins where the oldest one ended', { timeout: 90_000 }, async () => {
    await psql(
      'pg1',
      "create table notes (id int primary key, note text); insert into notes select n, 'note ' || n from generate_series(1, 500) n",
    )
    const made = await backups.make('diff')
    const view = await backups.view()
    expect(view).toMatchObject({ ok: true, encrypted: true, timelines: [{ timeline: 1 }] })
    expect(view.backups.map(({ label, type }) => [label, type])).toEqual([
      [view.backups[0]!.label, 'full'],
      [made.label, 'diff'],
    ])
    expect(view.window).toMatchObject({ from: view.backups[0]!.stoppedAt, open: true, timelines: [1] })
    expect((await backups.verify()).ok).toBe(true)
    // archived in batches, by a process beside PostgreSQL
    const spool = await lab.handle.exec('pg1', ['ls', '/var/spool/pgbackrest/archive/main/out'])
    expect(spool.code, spool.stderr).toBe(0)
  })

  test('a target outside the window is refused before anything is done, with the window', async () => {
    await expect(
      backups.start({ mode: 'whole', target: { kind: 'time', value: '2001-01-01 00:00', exclusive: false } }),
    ).rejects.toMatchObject({
      code: 'target-unreachable',
      said: { why: expect.stringMatching(/what can be reached is/) },
    })
    expect(await backups.pitr()).toBeNull()
  })

  test(
    'beside: the rows of the microsecond before a DROP TABLE, and production does not change',
    { timeout: 90_000 },
    async () => {
      await psql('pg1', "insert into notes select n, 'late ' || n from generate_series(501, 520) n")
      kept = await psql('pg1', rows)
      await psql('pg1', "select pg_create_restore_point('before-drop')")
      await psql('pg1', 'drop table notes')
      const { stdout } = await lab.handle.exec('pg1', ['bash', '-c', moments])
      dropped = /COMMIT (\S+ \S+) UTC/.exec(stdout)![1]!
      const production = await findProduction(lab.handle)
      await backups.start({ mode: 'beside', target: before(dropped) })
      expect(await ended()).toMatchObject({ state: 'done', error: null })
      expect(await onSpare(rows)).toBe(kept)
      expect(await onSpare('show archive_mode')).toBe('off')
      expect(await onSpare('show listen_addresses')).toBe('')
      expect(await findProduction(lab.handle)).toEqual(production)
      await backups.remove()
      expect((await lab.handle.exec('backup', ['test', '-e', '/var/lib/postgresql/17/main'])).code).toBe(1)
    },
  )

  test(
    'whole, cut off in the middle and resumed by another app: rows equal, replica rebuilt, reachable across',
    { timeout: 300_000 },
    async () => {
      const production = (await findProduction(lab.handle))!
      await backups.start({ mode: 'whole', target: before(dropped) })
      await waitFor(
        () => backups.pitr(),
        (view) => view?.steps.find(({ id }) => id === 'stop-leader')?.state === 'done',
        {
          what: 'production to be stopped',
          withinMs: 90_000,
          everyMs: 50,
          signal,
          describe: (view) => JSON.stringify(view?.steps.map(({ id, state }) => [id, state])),
        },
      )
      await backups.close() // as an app that ends: what it was at may go on inside the lab
      backups = createBackups(lab.handle, () => undefined)
      expect((await backups.pitr())?.state).toBe('interrupted')
      await backups.resume()
      const whole = await ended()
      expect(whole, JSON.stringify(whole?.error)).toMatchObject({ state: 'done' })
      expect(await psql('pg1', rows)).toBe(kept)
      expect(await psql('pg2', rows)).toBe(kept)
      const now = (await findProduction(lab.handle))!
      expect(now.systemId).toBe(production.systemId)
      expect(now.timeline).toBe(production.timeline + 2) // by recovery, and by Patroni that starts it again
      expect(await psql('pg1', 'select state from pg_stat_replication')).toBe('streaming')
      const log = await lab.handle.exec('pg2', ['grep', '-c', 'created using pgbackrest', '/var/log/patroni/current'])
      expect(log.stdout.trim(), 'pg2 was rebuilt from the repository').toBe('1')
      const view = await backups.view()
      expect(view.backups.at(-1)).toMatchObject({ type: 'full', timeline: now.timeline })
      expect(view.timelines.at(-1)).toMatchObject({ timeline: now.timeline, parent: now.timeline - 1 })
      expect(view.window?.timelines).toEqual([now.timeline, now.timeline - 1, production.timeline])
    },
  )

  test(
    'a repository that is damaged, can not be written, or is gone: said so, and nothing new is in the list',
    { timeout: 120_000 },
    async () => {
      const labels = (await backups.view()).backups.map(({ label }) => label)
      await lab.handle.exec('backup', ['chmod', '0500', '/var/lib/pgbackrest/backup/main'], { user: 'postgres' })
      await expect(backups.make('incr')).rejects.toMatchObject({
        code: 'backup-failed',
        said: { what: 'The backup was not made', why: expect.stringMatching(/Permission denied/) },
      })
      await lab.handle.exec('backup', ['chmod', '0750', '/var/lib/pgbackrest/backup/main'], { user: 'postgres' })
      const largest =
        "find /var/lib/pgbackrest/backup/main -type f -name '*.zst' -o -type f -name '*.bundle' | xargs ls -S | head -n 1"
      const damage = `dd if=/dev/zero of=$(${largest}) bs=1 seek=2000 count=64 conv=notrunc`
      expect((await lab.handle.exec('backup', ['bash', '-c', damage])).code).toBe(0)
      expect((await backups.verify()).ok).toBe(false)
      await lab.handle.power.stop('backup', 10)
      await expect(backups.make('incr')).rejects.toMatchObject({ code: 'host-down' })
      await lab.handle.power.start('backup')
      expect((await backups.view()).backups.map(({ label }) => label)).toEqual(labels)
    },
  )
})
