import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newPitr, pitrViewOf, readPitr, writePitr, type PitrFile } from '../../../src-main/backup/pitr-file.js'
import { runPitr } from '../../../src-main/backup/pitr-run.js'
import { stepsOf, type Recovery } from '../../../src-main/backup/pitr-steps.js'
import { endOfRecovery } from '../../../src-main/backup/pitr-verify.js'
import type { ExecResult, LabHandle } from '../../../src-main/lab/handle.js'

const recovery: Recovery = {
  mode: 'whole',
  target: { kind: 'name', value: 'before-batch', exclusive: false },
  candidates: ['20261126-140500F', '20261126-140000F'],
  spare: 'backup',
  production: { host: 'pg1', systemId: '7', timeline: 1, archives: true },
  replicas: ['pg2'],
  scope: 'pair-witness',
  leader: 'pg1',
  walDisk: false,
  repository: null,
  otherRepositories: [],
}
const commandsOf = (one: Recovery): string[] => stepsOf(one).flatMap(({ commands }) => commands.map(({ run }) => run))

describe('the steps', () => {
  test('production is restored with archiving on, and the spare with archiving off', () => {
    const restores = stepsOf(recovery).flatMap(({ commands }) => commands.filter(({ run }) => run.endsWith(' restore')))
    expect(restores.map(({ on, run }) => [on, run.includes('--archive-mode=off')])).toEqual([
      ['backup', true],
      ['pg1', false],
    ])
  })

  test('WAL stays on its disk where production has one, and only there', () => {
    const linked = (one: Recovery): string[] => commandsOf(one).filter((run) => run.includes('--link-all'))
    expect(linked({ ...recovery, walDisk: true })).toEqual([
      expect.stringMatching(/^pgbackrest --stanza=main --delta --link-all --set=/),
    ])
    expect(linked(recovery)).toEqual([])
  })

  test('whoever goes back whole rehearses first, and stops replicas before the leader', () => {
    const ids = stepsOf(recovery).map(({ id }) => id)
    expect(ids).toEqual([
      'archive',
      'spare-restore',
      'spare-recover',
      'spare-remove',
      'stop-replicas',
      'stop-leader',
      'restore',
      'promote',
      'archive-timeline',
      'forget-position',
      'start-leader',
      'check',
      'backup',
      'rebuild-pg2', // maybe of the newest backup, which must not be one of the old timeline
    ])
  })

  test('whoever was restored may lead: the position of before is forgotten, and who was synchronous; nothing else is', () => {
    const forgets = commandsOf(recovery).filter((run) => run.startsWith('etcdctl'))
    expect(forgets).toEqual(['etcdctl del /service/pair-witness/status', 'etcdctl del /service/pair-witness/sync'])
  })

  test('beside, nothing is stopped and no host of production is restored', () => {
    const beside = stepsOf({ ...recovery, mode: 'beside' })
    expect(beside.map(({ id }) => id)).toEqual(['archive', 'spare-restore', 'spare-recover', 'compare'])
    const onProduction = beside.flatMap(({ commands }) => commands.filter(({ on }) => on !== 'backup'))
    expect(onProduction.map(({ run }) => /stop|restore|rm /.test(run))).toEqual([false])
  })

  test('of two repositories the one that was asked for is restored from, and both get a full backup afterwards', () => {
    const second = { ...recovery, spare: 'backup2', repository: 2, otherRepositories: ['backup1'] }
    const restore = stepsOf(second).find(({ id }) => id === 'restore')!.commands[0]!
    expect(restore).toMatchObject({ on: 'pg1', run: expect.stringContaining(' --repo=2 --delta ') })
    const made = stepsOf(second).flatMap(({ commands }) => commands.filter(({ run }) => run.endsWith(' backup')))
    expect(made.map(({ on }) => on)).toEqual(['backup2', 'backup1'])
    expect(commandsOf(recovery).join()).not.toContain('--repo=')
  })

  test('where nothing gets into the archive, a copy does not wait for it; the cluster itself does', () => {
    const stuck = { ...recovery, production: { ...recovery.production!, archives: false } }
    expect(stepsOf({ ...stuck, mode: 'beside' })[0]!.id).toBe('spare-restore')
    expect(stepsOf(stuck)[0]!.id).toBe('archive')
  })

  test('no client and no standby can reach what is recovered', () => {
    const starts = commandsOf(recovery).filter((run) => run.endsWith(' start') && run.startsWith('pg_ctl'))
    expect(starts).toHaveLength(2)
    for (const run of starts) expect(run).toMatch(/-c listen_addresses= .*-c synchronous_standby_names=/)
  })

  test('a spare needs no certificate, whatever the configuration in its backup says', () => {
    const [start] = commandsOf({ ...recovery, mode: 'beside' }).filter((run) => run.endsWith(' start'))
    expect(start).toContain('-c ssl=off')
  })

  test('a target is told to PostgreSQL as it was asked for', () => {
    const target = { kind: 'time', value: '2026-11-26 14:05:52.513986+00', exclusive: true, timeline: 2 } as const
    const restore = commandsOf({ ...recovery, target }).find((run) => run.endsWith(' restore'))
    expect(restore).toContain(
      "--set=20261126-140500F --type=time --target='2026-11-26 14:05:52.513986+00' --target-exclusive --target-timeline=2 --target-action=promote",
    )
  })
})

describe('the end of a recovery, as its log has it', () => {
  const log = (line: string): string => `2026-11-26 14:06:39.445 UTC [342] ${line}\n`
  test('stopped at the target', () => {
    const text = log('LOG:  recovery stopping before commit of transaction 752, time 2026-11-26 14:05:52.513986+00')
    expect(endOfRecovery(text)).toEqual({
      stopped: 'recovery stopping before commit of transaction 752, time 2026-11-26 14:05:52.513986+00',
    })
  })

  test('missed it', () => {
    for (const said of [
      'recovery ended before configured recovery target was reached',
      'requested recovery stop point is before consistent recovery point',
    ])
      expect(endOfRecovery(log(`FATAL:  ${said}`))).toEqual({ missed: said })
  })

  test('a client that came too early is no failure', () => {
    const early = '2026-11-26 14:06:39.445 UTC [350] postgres@postgres FATAL:  the database system is starting up\n'
    expect(endOfRecovery(early)).toEqual({})
    expect(endOfRecovery(log('FATAL:  could not load pg_hba.conf'))).toEqual({ failed: 'could not load pg_hba.conf' })
  })
})

describe('carrying out', () => {
  let dir: string
  beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'dojo-pitr-'))))
  afterEach(() => rm(dir, { recursive: true, force: true }))

  const missed = '[342] FATAL:  recovery ended before configured recovery target was reached\n'
  const reached = '[342] LOG:  recovery stopping at restore point "before-batch"\n'

  /** A lab in which every command succeeds. `log`: what the spare's log says, by the backup that it was restored from. */
  function labThat(log: (set: string) => string, onCommand: (command: string) => ExecResult | null = () => null) {
    const ran: string[] = []
    let set = ''
    const ok = (stdout = ''): ExecResult => ({ code: 0, stdout, stderr: '' })
    const handle = {
      info: { lab: 'pw-1', spec: { hosts: {} } },
      exec: async (_host: string, argv: readonly string[]): Promise<ExecResult> => {
        const command = argv.at(-1)!
        set = /--set=(\S+)/.exec(command)?.[1] ?? set
        const told = onCommand(command)
        if (argv[0] === 'bash' && !/^(cat|test|grep|!.*status$)/.test(command)) ran.push(command)
        if (told) return told
        if (command.startsWith('cat ')) return ok(log(set))
        if (command.includes('pg_is_in_recovery')) return ok('f')
        if (command.includes('archive_mode')) return ok('off\t7')
        return ok('2')
      },
    } as unknown as LabHandle
    return { handle, ran }
  }
  const beside = (): PitrFile => newPitr({ ...recovery, mode: 'beside', candidates: [...recovery.candidates] }, 'app')
  const run = (handle: LabHandle, file: PitrFile): Promise<void> =>
    runPitr({ handle, file, save: () => writePitr(dir, file), signal: new AbortController().signal })

  test('a name that is not behind the newest backup is looked for from an older one', async () => {
    const { handle } = labThat((set) => (set === '20261126-140500F' ? missed : reached))
    const file = beside()
    await run(handle, file)
    expect(file.recovery.candidates).toEqual(['20261126-140000F'])
    expect(pitrViewOf(file).steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done'])
  })

  test('a target that no backup leads to fails, and the file says where', async () => {
    const { handle } = labThat(() => missed)
    const file = beside()
    await expect(run(handle, file)).rejects.toMatchObject({ code: 'target-missed' })
    expect(pitrViewOf(file).steps[2]).toMatchObject({
      state: 'failed',
      observed: expect.stringMatching(/before configured recovery target/),
    })
  })

  test('a step is on disk before its first command', async () => {
    const seen: (string | undefined)[] = []
    const { handle } = labThat(() => reached)
    const file = beside()
    const exec = handle.exec.bind(handle)
    handle.exec = async (...args) => {
      if (args[1].at(-1)!.includes(' restore')) {
        const kept = await readPitr(dir)
        seen.push(kept?.progress['spare-restore']?.state)
      }
      return exec(...args)
    }
    await run(handle, file)
    expect(seen).toEqual(['running'])
  })

  test('whoever comes after one that was killed goes on with the step that it was in', async () => {
    const first = labThat(
      () => reached,
      (command) => {
        if (command.startsWith('pg_ctl') && command.endsWith('start')) throw new Error('the app was killed here')
        return null
      },
    )
    const file = beside()
    await run(first.handle, file).catch(() => undefined)
    const kept = (await readPitr(dir))! // what another process finds
    kept.progress['spare-recover'] = { state: 'running', seconds: null, observed: null }
    const second = labThat(() => reached)
    await run(second.handle, kept)
    expect(second.ran[1]).toBe('rm -f /var/log/postgresql/spare.log')
    expect(second.ran.some((command) => command.includes(' restore'))).toBe(false)
    expect(pitrViewOf(kept).steps.every(({ state }) => state === 'done')).toBe(true)
  })

  test.each(['spare-recover', 'promote'])('%s, cut off, is carried out again though its server runs on', async (id) => {
    let runs = true
    let log = reached
    const { handle } = labThat(
      () => log,
      (command) => {
        if (command.endsWith(' stop')) runs = false
        if (/^pg_ctl .* start$/.test(command)) {
          if (runs) log = '[350] FATAL:  lock file "postmaster.pid" already exists\n'
          runs = true
        }
        return null
      },
    )
    const file = newPitr({ ...recovery }, 'app')
    for (const step of stepsOf(file.recovery)) file.progress[step.id] = { state: 'done', seconds: 1, observed: '' }
    file.progress[id] = { state: 'running', seconds: null, observed: null }
    await run(handle, file)
    expect(pitrViewOf(file).steps.find((step) => step.id === id)).toMatchObject({ state: 'done' })
  })

  test("a command that fails stops the recovery, with pgBackRest's reason", async () => {
    const { handle } = labThat(
      () => reached,
      (command) =>
        command.includes('mkdir')
          ? { code: 1, stdout: '', stderr: '2026 P00  ERROR: [082]: WAL segment was not archived\n' }
          : null,
    )
    await expect(run(handle, beside())).rejects.toMatchObject({
      code: 'pitr-failed',
      said: { why: '[082] WAL segment was not archived', next: expect.stringMatching(/--resume/) },
    })
  })
})
