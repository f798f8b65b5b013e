import { describe, expect, test } from 'vitest'
import { verdictOf } from '../../../src-main/backup/make-backup.js'
import { archiveOf, pgbackrestError } from '../../../src-main/backup/repository.js'
import { lsnOf, lsnText, segmentOf } from '../../../src-main/backup/lsn.js'
import { microsOf, momentText, reach, windowText } from '../../../src-main/backup/target.js'
import { ancestryOf, timelinesOf } from '../../../src-main/backup/timelines.js'
import type { PitrTarget } from '../../../src-main/contract/backup.js'
import { at, backup, viewOf } from './view-of.js'

const target = (kind: PitrTarget['kind'], value: string, rest: Partial<PitrTarget> = {}): PitrTarget => ({
  kind,
  value,
  exclusive: false,
  ...rest,
})

describe('positions', () => {
  test('a WAL position compares as a number, beyond 4 GiB too', () => {
    expect(lsnOf('1/0') > lsnOf('0/FFFFFFFF')).toBe(true)
    expect(lsnText(lsnOf('16/B374D848'))).toBe('16/B374D848')
  })

  test('a segment says its timeline, and where it ends', () => {
    const { timeline, endLsn } = segmentOf('0000000200000001000000FF')
    expect([timeline, lsnText(endLsn)]).toEqual([2, '2/0'])
  })
})

describe('the archive', () => {
  const sum = 'a'.repeat(40)
  test('is what the file names say: whole segments, whatever else is there', () => {
    const files = [
      `1795701940.1 900 000000010000000000000003-${sum}.zst`,
      `1795701952.9 100 00000002000000000000000A-${sum}.zst`,
      '1795701939.3 338 000000010000000000000002.00000028.backup',
      '1795701952.2 255 archive.info',
    ].join('\n')
    expect(archiveOf(files)).toEqual({
      first: '000000010000000000000003',
      last: '00000002000000000000000A',
      lastAt: 1795701952900,
      segments: 2,
      bytes: 1000,
    })
    expect(archiveOf('')).toBeNull()
  })

  test("pgBackRest's own reason is the last error, with what it adds to it", () => {
    const said = [
      '2026-11-26 14:06:28.979 P00   INFO: backup command begin 2.55.1',
      "2026-11-26 14:06:28.979 P00  ERROR: [041]: unable to open file '/var/lib/pgbackrest/x' for write: [28] No space left on device",
      '                                    HINT: is it full?',
      '2026-11-26 14:06:28.979 P00   INFO: backup command end: aborted with exception [041]',
    ].join('\n')
    expect(pgbackrestError(said)).toBe(
      "[041] unable to open file '/var/lib/pgbackrest/x' for write: [28] No space left on device HINT: is it full?",
    )
    expect(pgbackrestError('all is well')).toBeNull()
  })
})

describe('what verify found', () => {
  const said = (backupStatus: string, validWal: number): string =>
    `stanza: main
status: ${backupStatus === 'valid' && validWal === 5 ? 'ok' : 'error'}
  archiveId: 17-1, total WAL checked: 5, total valid WAL: ${validWal}
    missing: 0, checksum invalid: ${5 - validWal}, size invalid: 0, other: 0
  backup: 20261126-142555F, status: ${backupStatus}, total files checked: 1271, total valid files: 1271
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
`
  test('is whole when every backup is valid, and every segment', () => {
    expect(verdictOf(said('valid', 5))).toMatchObject({ ok: true, checkedWal: 5, lines: { length: 2 } })
    expect(verdictOf(said('invalid', 5)).ok).toBe(false)
    expect(verdictOf(said('valid', 4)).ok).toBe(false)
    expect(verdictOf('').ok).toBe(false)
  })
})

describe('timelines', () => {
  const files = {
    '00000002.history': '1\t0/5000028\tno recovery target specified\n',
    '00000003.history': '1\t0/5000028\tno recovery target specified\n\n2\t0/9000000\tbefore 2026-11-26 14:05\n',
    '00000004.history': '1\t0/7000000\tat restore point "before-batch"\n',
  }
  test('a history file names the parent last, and the first timeline has none', () => {
    expect(timelinesOf(files).map(({ timeline, parent, from }) => [timeline, parent, from])).toEqual([
      [1, null, null],
      [2, 1, '0/5000028'],
      [3, 2, '0/9000000'],
      [4, 1, '0/7000000'],
    ])
  })

  test('an ancestry leaves out the branches that it did not come by', () => {
    const line = ancestryOf(timelinesOf(files), 4)
    expect(line).toEqual([
      { timeline: 4, leftAt: null },
      { timeline: 1, leftAt: '0/7000000' },
    ])
  })
})

describe('a moment', () => {
  test('keeps its microseconds, and is UTC without a zone', () => {
    expect(momentText(microsOf('2026-11-26 14:05:52.513986')!)).toBe('2026-11-26 14:05:52.513986+00')
    expect(momentText(microsOf('2026-11-26T15:05:52.5+01:00')!)).toBe('2026-11-26 14:05:52.500000+00')
    expect(momentText(microsOf('2026-11-26 14:05')!)).toBe('2026-11-26 14:05:00.000000+00')
  })

  test.each(['14:05', 'yesterday', "2026-11-26 14:05'; rm -rf /", '2026-13-40 14:05'])('%s is none', (text) => {
    expect(microsOf(text)).toBeNull()
  })
})

describe('what can be reached', () => {
  test('begins where the oldest backup ended, and grows with the clock while a primary archives', () => {
    expect(viewOf().window).toMatchObject({ from: at('14:00:04'), to: at('14:10:00'), toLsn: '0/9000000', open: true })
    expect(viewOf({}, false).window).toMatchObject({ to: at('14:06:00'), open: false })
    expect(windowText(viewOf({ backups: [] }))).toMatch(/nothing can be reached yet/)
  })

  const two = viewOf({
    backups: [backup('20261126-140000F', '14:00:04'), backup('20261126-140500F', '14:05:04', { stopLsn: '0/7000120' })],
  })
  const refused = (view: Parameters<typeof reach>[0], wanted: PitrTarget): unknown => {
    try {
      return reach(view, wanted)
    } catch (error) {
      return (error as { said?: unknown }).said
    }
  }

  test('a time begins from the newest backup that ended before it', () => {
    expect(reach(two, target('time', '2026-11-26 14:05:06')).candidates).toEqual(['20261126-140500F'])
    expect(reach(two, target('time', '2026-11-26 14:05:02')).candidates).toEqual(['20261126-140000F'])
  })

  test('a time within the second in which a backup ended is not trusted to it: pgBackRest keeps whole seconds', () => {
    expect(reach(two, target('time', '2026-11-26 14:05:04.5')).candidates).toEqual(['20261126-140000F'])
  })

  test("a time before the oldest backup's end is refused, with the window", () => {
    expect(refused(two, target('time', '2026-11-26 14:00:02'))).toMatchObject({
      what: "2026-11-26 14:00:02.000000+00 can't be reached",
      why: expect.stringMatching(
        /20261126-140000F, ended at .*14:00:04.*what can be reached is .*14:00:04.* to .*14:10:00/,
      ),
    })
  })

  test('a time in the future is refused, and one after the archive where nobody archives', () => {
    expect(refused(two, target('time', '2026-11-26 14:11'))).toMatchObject({
      why: expect.stringMatching(/in the future/),
    })
    const silent = viewOf({}, false)
    expect(refused(silent, target('time', '2026-11-26 14:08'))).toMatchObject({
      why: expect.stringMatching(/no WAL of then/),
    })
  })

  test("an LSN before a backup's end begins from an older one", () => {
    expect(reach(two, target('lsn', '0/6000000')).candidates).toEqual(['20261126-140000F'])
    expect(refused(two, target('lsn', '0/4000100'))).toMatchObject({ what: "LSN 0/4000100 can't be reached" })
  })

  test('where a name or a transaction is, is not known: the newest backup is tried first', () => {
    expect(reach(two, target('name', 'before-batch')).candidates).toEqual(['20261126-140500F', '20261126-140000F'])
    expect(reach(two, target('xid', '752')).candidates).toHaveLength(2)
  })

  test('a backup from a branch that was left is not used', () => {
    const forked = viewOf({
      timelines: timelinesOf({ '00000002.history': '1\t0/6000000\tat restore point "a"\n' }),
      backups: [
        backup('20261126-140000F', '14:00:04'),
        backup('20261126-140500F', '14:05:04', { stopLsn: '0/7000120' }),
      ],
    })
    expect(reach(forked, target('time', '2026-11-26 14:06')).candidates).toEqual(['20261126-140000F'])
    const old = target('time', '2026-11-26 14:05:30', { timeline: 1 })
    expect(reach(forked, old).candidates).toEqual(['20261126-140500F'])
    expect(refused(forked, target('time', '2026-11-26 14:06', { timeline: 7 }))).toMatchObject({
      what: 'No timeline 7',
    })
  })

  test.each([
    ['time', 'soon'],
    ['lsn', '5000028'],
    ['xid', '-1'],
    ['name', "a'; drop"],
  ] as const)('a %s that is none is wrong usage', (kind, value) => {
    expect(() => reach(two, target(kind, value))).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})
