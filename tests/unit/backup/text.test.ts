import { describe, expect, test } from 'vitest'
import { backupsText } from '../../../src-main/cli/backup-text.js'
import { pitrText } from '../../../src-main/cli/pitr-text.js'
import { scheduledRunOf } from '../../../src-main/backup/scheduled-run.js'
import { newPitr, pitrViewOf } from '../../../src-main/backup/pitr-file.js'
import { momentOf } from '../../../src-renderer/ui/utc.js'
import { layOut } from '../../../src-renderer/backups/window-layout.js'
import { at, backup, viewOf } from './view-of.js'

describe('what a terminal shows', () => {
  test('the window, and each backup with what it builds on', () => {
    const text = backupsText(
      viewOf({
        backups: [
          backup('20261126-140000F', '14:00:04'),
          backup('20261126-140000F_20261126-140500I', '14:05:04', { type: 'incr', needs: ['20261126-140000F'] }),
        ],
      }),
    )
    expect(text).toContain('reachable   2026-11-26 14:00:04 UTC to now; 0/5000050 to 0/9000000; timeline 1\n')
    expect(text).toMatch(/20261126-140000F_20261126-140500I +incr .* needs 1 other\n/)
    expect(backupsText(viewOf({ backups: [], archive: null }))).toMatch(
      /archive {5}empty\n[^]*nothing yet[^]*no backups\n/,
    )
  })

  test('which of several repositories it is, when cron backs up, and how its last run ended', () => {
    const run = scheduledRunOf('2026-11-26 14:09:30 incr: no backup: another one runs, and has the lock\n')
    const schedules = [{ type: 'incr', at: '*/5 * * * *' }] as const
    const text = backupsText(viewOf({ repositories: ['far', 'backup'], schedules: [...schedules], scheduled: run }))
    expect(text).toContain('repository  backup (besides far), ok, keeps 2 full backups\n')
    expect(text).toContain(
      'scheduled   incr at */5 * * * *; the last run, incr, ended 30 s ago: no backup: another one runs, and has the lock\n',
    )
    expect(backupsText(viewOf())).not.toMatch(/besides|scheduled/)
    expect(backupsText(viewOf({ schedules: [...schedules] }))).toContain('; no run has ended yet\n')
  })

  test.each([
    ['made 20261126-140000F', 'made'],
    ['no backup: there is none to build on yet', 'none'],
    ['failed: [082]: WAL segment 00000001000000000000000E was not archived before the 20000ms timeout', 'failed'],
  ])('a run of cron that says "%s"', (text, outcome) => {
    const run = scheduledRunOf(`2026-11-26 14:09:30 full: ${text}\n`)
    expect(run).toEqual({ endedAt: at('14:09:30'), type: 'full', outcome, text })
    expect(scheduledRunOf('')).toBeNull()
  })

  test('a dry run says so, and shows every command with its host', () => {
    const recovery = {
      mode: 'beside' as const,
      target: { kind: 'xid' as const, value: '752', exclusive: true },
      candidates: ['20261126-140000F'],
      spare: 'backup',
      production: { host: 'pg1', systemId: '7', timeline: 1, archives: true },
      replicas: ['pg2'],
      scope: 'pair',
      leader: 'pg1',
      walDisk: false,
      repository: null,
      otherRepositories: [],
    }
    const text = pitrText(pitrViewOf(newPitr(recovery, 'app')))
    expect(text).toContain('beside the cluster, on backup, to just before xid 752, from backup 20261126-140000F')
    expect(text).toContain('dry run: nothing was done')
    expect(text).toMatch(/backup\$ pgbackrest .*--target-exclusive.*--archive-mode=off restore/)
  })
})

describe('the picture of the window', () => {
  test('has the window from the end of the oldest backup to now, and backups where they ran', () => {
    const layout = layOut(viewOf())!
    const span = layout.to - layout.from
    expect(layout.window!.from * span + layout.from).toBeCloseTo(at('14:00:04'), 0)
    expect(layout.window!.to * span + layout.from).toBeCloseTo(at('14:10:00'), 0)
    expect(layout.backups[0]!.to).toBeCloseTo(layout.window!.from)
    expect(layout.ticks.length).toBeGreaterThan(1)
    expect(layout.ticks.length).toBeLessThanOrEqual(7)
  })

  test('marks the target where it is, and not one that is elsewhere', () => {
    const target = momentOf('2026-11-26 14:05:02.123456')
    expect(target).toBe(at('14:05:02.123'))
    const layout = layOut(viewOf(), target)!
    expect(layout.target! * (layout.to - layout.from) + layout.from).toBeCloseTo(target!, 0)
    expect(layOut(viewOf(), at('09:00:00'))!.target).toBeNull()
    expect(momentOf('2026-11-26 15:05+01')).toBe(at('14:05:00'))
    expect(momentOf('soon')).toBeNull()
  })

  test('without a backup there is none', () => {
    expect(layOut(viewOf({ backups: [] }))).toBeNull()
  })
})
