import { describe, expect, test } from 'vitest'
import { durationMs } from '../../../src-main/cli/duration.js'
import { whenText } from '../../../src-main/cli/fault.js'
import { faultOptions } from '../../../src-main/cli/fault-options.js'
import { ago, bytes, table } from '../../../src-main/cli/output.js'
import { reportText } from '../../../src-main/cli/probe-text.js'
import { showBoot } from '../../../src-main/cli/show-boot.js'
import { probeText, statusText } from '../../../src-main/cli/status-text.js'
import type { ClusterState, HostView, PostgresReading } from '../../../src-main/contract/cluster.js'
import type { BootProgress } from '../../../src-main/contract/lab.js'
import type { ProbeReport } from '../../../src-main/contract/probe.js'
import { topologyOf } from '../lab/plan-of.js'

test('columns are aligned, without spaces at the end', () => {
  expect(
    table(
      [
        ['pg1', 'leader', ''],
        ['witness', '-', 'x'],
      ],
      ['host', 'role', 'note'],
    ),
  ).toBe('HOST     ROLE    NOTE\npg1      leader\nwitness  -       x\n')
})

test('sizes and ages are in the largest unit that says something', () => {
  expect([bytes(10), bytes(330_000_000), bytes(5 * 1024 ** 3)]).toEqual(['10 B', '314.7 MiB', '5.0 GiB'])
  expect([ago(0, 5_000), ago(0, 180_000), ago(0, 7_200_000), ago(0, 3 * 86_400_000)]).toEqual([
    '5 s ago',
    '3 min ago',
    '2 h ago',
    '3 days ago',
  ])
})

describe('the schedule of a fault', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
  ])('%s is %i ms', (text, ms) => expect(durationMs('--after', text)).toBe(ms))
  test.each(['10', 's', '-1s', '10 s', '1d', ''])('"%s" is no duration', (text) => {
    expect(() => durationMs('--after', text)).toThrow('--after wants a duration')
  })

  test('says what is to come', () => {
    const record = { id: 'f1', kind: 'freeze', target: 'leader', options: {}, appliedAt: 10_000, by: 'cli' as const }
    const schedule = { dueAt: 10_000, forMs: 3_000, n: 2, of: 5 }
    expect(whenText({ ...record, state: 'scheduled', schedule }, 2_000)).toBe('in 8.0 s, for 3.0 s (2 of 5)')
    expect(whenText({ ...record, state: 'active', schedule: { ...schedule, of: 1 } }, 12_000)).toBe('heals in 1.0 s')
    expect(whenText({ ...record, state: 'healed', schedule }, 12_000)).toBe('')
    expect(whenText({ ...record, state: 'active' }, 12_000)).toBe('')
  })
})

test('a probe says the claim, each phase beside what was expected, and what each host has', () => {
  const predicted = { fromS: 17, toS: 21, because: 'ttl 20' }
  const phase = { from: 0, until: 18_700, seconds: 18.7, evidence: 'lease expired', predicted }
  const none = { recovery: null, timeline: null, absent: null, onlyHere: null, ackedOnlyHere: null }
  const report = {
    claim: 'outage 21.9 s.',
    stats: {
      verification: {
        host: 'pg2',
        hosts: [
          { host: 'pg1', recovery: false, timeline: 1, absent: 4, onlyHere: 12, ackedOnlyHere: 9 },
          { host: 'pg3', ...none, why: 'connection refused' },
        ],
      },
    },
    outages: [
      {
        outage: { from: 0, lastAckAt: 0, until: 21_900, seconds: 21.9, failed: 60, unknown: 3 },
        cause: { kind: 'crash', t: 0, text: 'crash pg1' },
        how: 'expired',
        phases: [{ ...phase, phase: 'lease', uncertainty: 0.2, doing: 'waiting for the lease (ttl 20)' }],
        predicted: { fromS: 17, toS: 30.6, because: 'ttl 20' },
      },
    ],
  } as unknown as ProbeReport
  expect(reportText(report)).toBe(
    [
      'outage 21.9 s.',
      '',
      'outage  1970-01-01T00:00:00.000Z  21.9 s, 60 failed, 3 unknown; cause: crash pg1',
      '  FOR     +/-      PHASE  WHAT                            EXPECTED',
      '  18.7 s  ± 0.2 s  lease  waiting for the lease (ttl 20)  17.0 to 21.0 s',
      '  expected in all: 17.0 to 30.6 s',
      '  as ttl 20',
      '',
      'HOST  IS                             TIMELINE  ABSENT  ONLY THERE',
      'pg1   takes writes                   1         4       12',
      'pg3   no answer: connection refused  -         -       -',
      'absent: acknowledged and not there. only there: not on pg2, the present primary',
      '',
    ].join('\n'),
  )
})

describe('options of a fault', () => {
  const kind = {
    kind: 'kill',
    group: 'process' as const,
    summary: '',
    action: '',
    targets: 'any-host' as const,
    options: {
      properties: {
        process: { type: 'string' },
        grace: { type: 'integer' },
        hard: { type: 'boolean' },
        from: { type: 'array', items: { type: 'string' } },
      },
    },
  }
  test('are typed by the schema', () => {
    const given = ['--process', 'patroni', '--grace=5', '--hard', '--from', 'pg1,pg2']
    expect(faultOptions(kind, given)).toEqual({ process: 'patroni', grace: 5, hard: true, from: ['pg1', 'pg2'] })
  })
  test.each([
    [['--proces', 'x'], 'it takes --process, --grace, --hard, --from'],
    [['word'], 'it takes'],
    [['--process'], 'none was given'],
    [['--grace', 'five'], '"five" is none'],
    [['--grace', 'five'], '--grace wants a whole number'],
    [['--hard=maybe'], '"maybe" is none'],
  ])('refuse %s in words', (given, why) => {
    expect(() => faultOptions(kind, given)).toThrow(why)
  })
})

const now = 1_000_000
const fresh = <T>(value: T) => ({ value, at: now, stale: false })
const silent = (error: string) => ({ value: null, at: null, stale: true, error })
const host = (name: string, role: HostView['role'], note: string): HostView => ({
  name,
  role,
  timeline: role === 'none' ? null : 3,
  note,
  engine: fresh({ container: 'running', since: 0 }),
})
const state: ClusterState = {
  lab: 'a',
  at: now,
  hosts: [host('pg1', 'leader', 'writes'), host('witness', 'none', '')],
  leader: 'pg1',
  dcs: fresh({
    leader: 'pg1',
    lease: { id: '1', ttlS: 20, leftMs: 17_900, readAt: now - 1_000, renewedAt: null },
    sync: { leader: 'pg1', standbys: ['pg2'] },
    config: {},
    initialize: null,
    failover: null,
    history: [],
    members: {},
    pause: false,
  }),
  etcd: fresh({ members: [{ name: 'pg1', answers: true, leader: true }], quorum: true }),
  proxy: fresh([{ host: 'pg1', write: true, read: false, check: 'L7OK' }]),
  backup: silent('backup does not answer'),
  probe: null,
  faults: [],
}
const summary = {
  lab: 'a',
  topology: 'pair-witness',
  state: 'healthy' as const,
  createdAt: now - 60_000,
  hosts: [],
  attempt: null,
}

const spec = topologyOf()
const described = { spec, client: { readWrite: { host: '127.0.0.1', port: 5000 } } }

describe('a status', () => {
  test('names the leader, its lease by now, quorum, routes, and what is silent', () => {
    const text = statusText(summary, described, state, now)
    expect(text).toContain('lab "a"  pair-witness, running, made 1 min ago')
    expect(text).toContain('pg1 holds the leader key, 16 of 20 s left')
    expect(text).toContain('1 of 1 members answer, quorum')
    expect(text).toContain('writes to pg1, reads to nobody')
    expect(text).toContain('not known: backup does not answer')
    expect(text).toMatch(/^witness\s+-\s+-\s+running$/m)
  })

  test('without a proxy and a repository: whom clients know, and who accepts writes now', () => {
    const { pg1, pg2, witness } = spec.hosts
    const direct = {
      spec: { ...spec, hosts: { pg1: pg1!, pg2: pg2!, witness: witness! } },
      client: { readWrite: { ...described.client.readWrite, others: [{ host: '127.0.0.1', port: 5001 }] } },
    }
    const writing = (name: string, inRecovery: boolean) => ({
      ...host(name, 'replica', ''),
      postgres: fresh({ inRecovery, readOnly: inRecovery } as PostgresReading),
    })
    const silentProxy = { ...state, proxy: silent('this topology has no proxy') }
    const text = (...hosts: HostView[]) => statusText(summary, direct, { ...silentProxy, hosts }, now)
    const known = 'know pg1, pg2, and take who accepts writes'
    expect(text(writing('pg1', true), writing('pg2', false))).toMatch(RegExp(`clients +${known}: pg2\\n`))
    expect(text(writing('pg1', true), writing('pg2', true))).toContain(`${known}: nobody\n`)
    const old = {
      ...writing('pg1', false),
      postgres: { ...writing('pg1', false).postgres, at: now - 9_000, stale: true },
    }
    expect(text(old)).toContain(`${known}: pg1 (9 s old)\n`)
    expect(text(old)).toContain('no repository in this topology')
  })

  test('a member of etcd that answers and follows nobody is told', () => {
    const members = [
      { name: 'pg1', answers: true, leader: false, error: 'knows no leader' },
      { name: 'pg2', answers: true, leader: true },
    ]
    const text = statusText(summary, described, { ...state, etcd: fresh({ members, quorum: true }) }, now)
    expect(text).toContain('2 of 2 members answer, quorum; pg1 knows no leader\n')
  })

  test('shows what is old as old', () => {
    const old = { ...state, dcs: { ...state.dcs, at: now - 12_000, stale: true }, leader: null }
    expect(statusText(summary, described, old, now)).toContain('nobody holds the leader key (12 s old)')
  })

  test('lists faults that still hold, and only those', () => {
    const fault = { id: 'f1', kind: 'crash', target: 'pg1', options: {}, appliedAt: 0, by: 'cli' as const }
    const faults = [
      { ...fault, state: 'active' as const },
      { ...fault, id: 'f0', state: 'healed' as const },
    ]
    expect(statusText(summary, described, { ...state, faults }, now)).toMatch(/faults\s+crash pg1 \(f1\)\n/)
  })

  test('lists what is scheduled, and when an active fault heals by itself', () => {
    const fault = { id: 'f1', kind: 'crash', target: 'leader', options: {}, appliedAt: now, by: 'cli' as const }
    const schedule = { dueAt: now + 8_000, forMs: 20_000, n: 1, of: 1 }
    const faults = [
      { ...fault, state: 'scheduled' as const, schedule },
      { ...fault, id: 'f2', target: 'pg2', state: 'active' as const, schedule: { ...schedule, dueAt: now } },
    ]
    const text = statusText(summary, described, { ...state, faults }, now)
    expect(text).toMatch(/scheduled\s+crash leader \(f1, in 8\.0 s, for 20\.0 s\)\n/)
    expect(text).toMatch(/faults\s+crash pg2 \(f2, heals in 20\.0 s\)\n/)
  })

  test('tells broken safety rules, the newest first, and whether they are over', () => {
    expect(statusText(summary, described, state, now)).not.toContain('BROKEN')
    const violation = (text: string, from: number, to: number | null) => ({
      invariant: 'writablePrimaries' as const,
      hosts: ['pg1', 'pg2'],
      from,
      fromU: 0,
      to,
      toU: 0,
      text,
    })
    const violations = [
      violation('zero', now - 90_000, now),
      violation('one', now - 70_000, now - 60_000),
      violation('two', now - 40_000, now - 30_000),
      violation('three', now - 5_000, null),
    ]
    const text = statusText(summary, described, { ...state, violations }, now)
    expect(text).toMatch(/BROKEN\s+three \(5 s ago, not known to be over\)\n\s+two \(40 s ago, over\)\n\s+one/)
    expect(text).toMatch(/\n\s+1 older\n/)
  })

  test('tells the probe in one line', () => {
    const outage = { from: 0, lastAckAt: 0, until: 1, seconds: 22.04, failed: 3, unknown: 1 }
    const probe = {
      running: true,
      startedAt: 0,
      writesPerSecond: 40,
      rate: 40,
      acknowledged: 100,
      failed: 3,
      unknown: 1,
      outages: [outage],
      lost: 0,
      verifiedAt: 1,
    }
    expect(probeText({ probe })).toBe(
      '40 writes/s; 100 acknowledged, 3 failed, 1 unknown; 1 outage, the longest 22.0 s; 0 lost',
    )
  })
})

describe('a boot', () => {
  const progress = (phases: [string, BootProgress['phases'][number]['state'], number?][]): BootProgress => ({
    lab: 'a',
    topology: 't',
    startedAt: 0,
    elapsedMs: 5_000,
    state: 'booting',
    phases: phases.map(([title, phase, endedMs]) => ({
      phase: title as 'etcd',
      title,
      about: '',
      state: phase,
      startedMs: 0,
      ...(endedMs !== undefined && { endedMs }),
    })),
    hosts: [],
    log: [],
  })
  const show = (tty: boolean, ...all: BootProgress[]): string => {
    let text = ''
    const out = (part: string): void => void (text += part)
    const it = showBoot({ out, err: out, tty, columns: () => 80, onInterrupt: () => () => undefined })
    for (const each of all) it(each)
    return text
  }

  test('without a terminal is one line per phase, as it ends, and only once', () => {
    const text = show(
      false,
      progress([
        ['etcd', 'running'],
        ['leader', 'waiting'],
      ]),
      progress([
        ['etcd', 'done', 1_234],
        ['leader', 'running'],
      ]),
      progress([
        ['etcd', 'done', 1_234],
        ['leader', 'failed', 4_000],
      ]),
    )
    expect(text).toBe('lab "a" (t)\n   1.2 s  ok    etcd\n   4.0 s  FAIL  leader\n')
  })

  test('on a terminal is drawn in place', () => {
    const one = progress([['etcd', 'running']])
    expect(show(true, one, one).split('\u001B[2A')).toHaveLength(2)
  })
})
