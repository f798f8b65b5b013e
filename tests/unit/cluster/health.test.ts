import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../../../src-main/api/health.js'
import { healthOf, rules } from '../../../src-main/cluster/health/index.js'
import type { HealthInput, HostFacts } from '../../../src-main/cluster/health/input.js'
import type { ClusterState, HostView, Part, PostgresReading } from '../../../src-main/contract/cluster.js'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import type { LabHost } from '../../../src-main/contract/lab.js'
import type { EventKind } from '../../../src-main/contract/record.js'
import { issue, makeAuthority } from '../../../src-main/lab/pki.js'
import { topologyOf } from '../lab/plan-of.js'

const now = 10_000_000
const part = <T>(value: T): Part<T> => ({ value, at: now - 500, stale: false })
const silent = <T>(error: string, at: number | null = now - 20_000): Part<T> => ({
  value: null,
  at,
  stale: true,
  error,
})

const spec = topologyOf()
const hosts: LabHost[] = Object.entries(spec.hosts).map(([name, { services, at }]) => ({
  name,
  address: `10.0.0.${at[0]}`,
  services,
  endpoints: {},
  at,
}))

const postgres = (more: Partial<PostgresReading> = {}): PostgresReading => ({
  inRecovery: false,
  readOnly: false,
  timeline: 2,
  lsn: '0/5000000',
  systemIdentifier: '7',
  startedAt: 1,
  version: '17.5',
  replication: [{ applicationName: 'pg2', state: 'streaming', syncState: 'sync', lagBytes: 0, lagMs: 0 }],
  walReceiver: null,
  archiver: { lastArchived: 'A', lastArchivedAt: now - 1000, failedCount: 0, lastFailed: null, lastFailedAt: null },
  slots: [{ name: 'pg2', type: 'physical', active: true, heldBytes: 0, walStatus: 'reserved' }],
  ...more,
})
const standby = (more: Partial<PostgresReading> = {}): PostgresReading =>
  postgres({
    inRecovery: true,
    readOnly: true,
    replication: [],
    slots: [],
    walReceiver: { status: 'streaming', senderHost: 'pg1' },
    ...more,
  })
const patroni = {
  state: 'running',
  role: 'primary',
  pendingRestart: false,
  paused: false,
  clusterUnlocked: false,
  syncStandby: false,
}

const view = (name: string, more: Partial<HostView> = {}): HostView => ({
  name,
  role: 'none',
  timeline: null,
  note: '',
  engine: part({ container: 'running', since: now - 600_000 }),
  ...more,
})
const healthyHosts = (): HostView[] => [
  view('pg1', { role: 'leader', patroni: part(patroni), postgres: part(postgres()) }),
  view('pg2', { role: 'sync', patroni: part({ ...patroni, role: 'replica' }), postgres: part(standby()) }),
  view('witness'),
  view('backup'),
  view('proxy'),
]
const member = (name: string, more = {}) => ({ name, answers: true, leader: name === 'pg1', ...more })
const config = {
  ttl: 20,
  synchronous_mode: true,
  postgresql: { parameters: { archive_mode: 'on', archive_command: 'pgbackrest archive-push %p' } },
}
const keys = {
  leader: 'pg1',
  lease: null,
  sync: { leader: 'pg1', standbys: ['pg2'] },
  config,
  initialize: '7',
  failover: null,
  history: [],
  members: {},
  pause: false,
}
const backup = { label: '1F', type: 'full', startedAt: now - 61_000, stoppedAt: now - 60_000, sizeBytes: 1 }
const repository = { stanzaOk: true, message: 'ok', backups: [backup], archiveMin: 'A', archiveMax: 'A' }

const stateOf = (more: Partial<ClusterState> = {}): ClusterState => ({
  lab: 'a',
  at: now,
  hosts: healthyHosts(),
  leader: 'pg1',
  dcs: part(keys),
  etcd: part({ members: ['pg1', 'pg2', 'witness'].map((name) => member(name)), quorum: true }),
  proxy: part([
    { host: 'pg1', write: true, read: false, check: 'HTTP 200' },
    { host: 'pg2', write: false, read: true, check: 'HTTP 503' },
  ]),
  backup: part(repository),
  probe: null,
  faults: [],
  clocks: { engine: { offsetMs: 3, u: 2, at: now }, pg1: { offsetMs: 4, u: 2, at: now } },
  violations: [],
  ...more,
})
const day = 24 * 3_600_000
const etcdCert = '/etc/etcd/tls/server.crt'
const facts = (host: LabHost, down: string[] = []): HostFacts => ({
  disks: [{ mount: '/', usedPercent: 40, freeBytes: 2 ** 33 }],
  services: host.services.map((service) => ({ service, up: !down.includes(service), forS: 12 })),
  certificates: [{ path: etcdCert, until: now + 3_650 * day }],
})
const endsAt = (until: number): HostFacts => ({
  ...facts(hosts[2]!),
  certificates: [
    { path: etcdCert, until },
    { path: '/etc/ssl/lab/ca.crt', until: now + 15 * day },
  ],
})
const allFacts = (): Record<string, HostFacts | null> =>
  Object.fromEntries(hosts.map((host) => [host.name, facts(host)]))

type Given = {
  state?: Partial<ClusterState>
  facts?: Record<string, HostFacts | null>
  events?: [EventKind, string?][]
}
const inputOf = ({ state, facts: known, events = [] }: Given = {}): HealthInput => ({
  info: { lab: 'a', topology: 'pair', scope: 'pair', createdAt: now - 3_600_000, hosts, spec },
  state: stateOf(state),
  facts: { ...allFacts(), ...known },
  eventAt: (kinds, host) =>
    events.some(([kind, of]) => kinds.includes(kind) && (host === undefined || of === host)) ? now - 7000 : null,
  now,
})
const found = (given: Given) =>
  healthOf(inputOf(given)).findings.map(({ rule, host, since }) => ({ rule, host, since }))
/** The healthy hosts with one of them changed. */
const changed = (name: string, more: Partial<HostView>): Partial<ClusterState> => ({
  hosts: healthyHosts().map((each) => (each.name === name ? { ...each, ...more } : each)),
})
const primary = (more: Partial<PostgresReading>): Partial<ClusterState> =>
  changed('pg1', { postgres: part(postgres(more)) })

describe('a lab in which nothing is wrong', () => {
  test('has no finding, and says what was looked at', () => {
    const report = healthOf(inputOf())
    expect(report.findings).toEqual([])
    expect(report.healthy).toBe(true)
    expect(report.areas).toContainEqual({ subsystem: 'postgres', host: 'pg2', state: 'ok' })
    expect(report.areas.every(({ state }) => state === 'ok')).toBe(true)
  })

  test('raises no alarm while its observer has heard nothing yet', () => {
    const unheard: Part<never> = { value: null, at: null, stale: true }
    const nothing = hosts.map(({ name, services }) =>
      view(name, { engine: unheard, ...(services.includes('patroni') && { patroni: unheard, postgres: unheard }) }),
    )
    const state = {
      hosts: nothing,
      leader: null,
      dcs: unheard,
      etcd: unheard,
      proxy: unheard,
      backup: unheard,
      clocks: {},
    }
    const none = Object.fromEntries(hosts.map(({ name }) => [name, null]))
    const report = healthOf(inputOf({ state, facts: none }))
    expect(report.findings).toEqual([])
    expect(report.areas).toContainEqual({ subsystem: 'patroni', host: 'pg1', state: 'unknown' })
  })

  test('raises none about a host that has just begun, nor about a first backup that is on its way', () => {
    const young = part({ container: 'running' as const, since: now - 5_000 })
    const state = changed('pg2', {
      role: 'starting',
      engine: young,
      patroni: silent('connection refused'),
      postgres: silent('connection refused'),
    })
    expect(found({ state, facts: { pg2: facts(hosts[1]!, ['patroni']) } })).toEqual([])
    const early = inputOf({
      state: { backup: part({ ...repository, backups: [], stanzaOk: false }), dcs: part({ ...keys, config: {} }) },
    })
    expect(healthOf({ ...early, info: { ...early.info, createdAt: now - 20_000 } }).findings).toEqual([])
  })

  test('raises none about an answer that came late once', () => {
    const late = { value: standby(), at: now - 2_000, stale: true, error: 'no answer in time' }
    expect(found({ state: changed('pg2', { patroni: { ...late, value: patroni }, postgres: late }) })).toEqual([])
  })
})

test('of two repositories each is judged by itself', () => {
  const { backup: spared, ...others } = spec.hosts
  const two = { ...spec, hosts: { ...others, backup1: spared!, backup2: spared! } }
  const host = hosts.find(({ name }) => name === 'backup')!
  const both = [...hosts.filter((each) => each !== host), { ...host, name: 'backup1' }, { ...host, name: 'backup2' }]
  const input = inputOf({
    state: {
      hosts: [...healthyHosts().filter(({ name }) => name !== 'backup'), view('backup1'), view('backup2')],
      repositories: { backup1: part(repository), backup2: part({ ...repository, backups: [] }) },
    },
    facts: { backup1: facts(host), backup2: facts(host) },
  })
  const { findings, areas } = healthOf({ ...input, info: { ...input.info, hosts: both, spec: two } })
  expect(findings.map(({ rule, host: of }) => [rule, of])).toEqual([['no-backup', 'backup2']])
  const states = areas.filter(({ subsystem }) => subsystem === 'backups').map(({ host: of, state }) => [of, state])
  expect(states).toEqual(
    expect.arrayContaining([
      ['backup1', 'ok'],
      ['backup2', 'wrong'],
    ]),
  )
})

describe('each rule', () => {
  const down = part({ container: 'exited' as const, since: now - 9000, how: 'killed' as const })
  const away = {
    engine: down,
    role: 'down' as const,
    patroni: silent<never>('the host is down'),
    postgres: silent<never>('the host is down'),
  }
  const fault: FaultRecord = {
    id: 'f1',
    kind: 'crash',
    target: 'pg2',
    options: {},
    state: 'active',
    appliedAt: now - 9000,
    by: 'cli',
    did: 'Killed pg2',
  }
  const slot = (more: object) => ({
    name: 'old',
    type: 'physical',
    active: false,
    heldBytes: 10,
    walStatus: 'reserved',
    ...more,
  })
  const etcd = (quorum: boolean, ...members: ReturnType<typeof member>[]) => ({ etcd: part({ members, quorum }) })
  const event = (kind: EventKind, host?: string): [EventKind, string?][] => [host === undefined ? [kind] : [kind, host]]
  const at = now - 7000

  const cases: [rule: string, host: string | null, since: number | null, given: Given][] = [
    ['host-away', 'pg2', now - 9000, { state: changed('pg2', away), facts: { pg2: null } }],
    [
      'host-away',
      'backup',
      at,
      {
        state: changed('backup', { engine: part({ container: 'paused', since: 1 }) }),
        facts: { backup: null },
        events: event('host.frozen', 'backup'),
      },
    ],
    ['service-down', 'witness', now - 12_000, { facts: { witness: facts(hosts[2]!, ['etcd']) } }],
    [
      'service-down',
      'proxy',
      now - 12_000,
      { state: { proxy: silent('connection refused') }, facts: { proxy: facts(hosts[4]!, ['haproxy']) } },
    ],
    [
      'service-down',
      'pg2',
      now - 20_000,
      { state: changed('pg2', { patroni: silent('connection refused') }), facts: { pg2: null } },
    ],
    ['service-silent', 'pg2', now - 20_000, { state: changed('pg2', { patroni: silent('no answer in time') }) }],
    ['service-silent', 'proxy', now - 20_000, { state: { proxy: silent('no answer in time') } }],
    [
      'service-silent',
      'witness',
      at,
      {
        state: etcd(
          true,
          member('pg1'),
          member('pg2'),
          member('witness', { answers: false, error: 'no answer in time' }),
        ),
        events: event('etcd.lost', 'witness'),
      },
    ],
    [
      'etcd-no-quorum',
      null,
      at,
      {
        state: { ...etcd(false, member('pg1'), member('pg2'), member('witness')), leader: null, dcs: silent('no') },
        events: event('quorum.lost'),
      },
    ],
    [
      'etcd-apart',
      'pg1',
      at,
      {
        state: etcd(true, member('pg1', { error: 'knows no leader' }), member('pg2'), member('witness')),
        events: event('etcd.lost', 'pg1'),
      },
    ],
    ['no-leader', null, at, { state: { leader: null }, events: event('leader.lost') }],
    [
      'two-primaries',
      null,
      at,
      { state: changed('pg2', { postgres: part(postgres()) }), events: event('invariant.violated') },
    ],
    ['postgres-down', 'pg2', now - 20_000, { state: changed('pg2', { postgres: silent('connection refused') }) }],
    ['leader-read-only', 'pg1', null, { state: primary({ readOnly: true }) }],
    ['paused', null, at, { state: { dcs: part({ ...keys, pause: true }) }, events: event('cluster.paused') }],
    [
      'restart-pending',
      'pg2',
      at,
      {
        state: changed('pg2', { patroni: part({ ...patroni, pendingRestart: true }) }),
        events: event('restart.pending', 'pg2'),
      },
    ],
    [
      'standby-not-streaming',
      'pg2',
      at,
      {
        state: changed('pg2', { postgres: part(standby({ walReceiver: null, timeline: 1 })) }),
        events: event('replica.stopped', 'pg2'),
      },
    ],
    [
      'no-synchronous',
      null,
      null,
      {
        state: primary({
          replication: [{ applicationName: 'pg2', state: 'streaming', syncState: 'async', lagBytes: 0, lagMs: 0 }],
        }),
      },
    ],
    [
      'standby-behind',
      'pg2',
      null,
      {
        state: primary({
          replication: [
            { applicationName: 'pg2', state: 'streaming', syncState: 'sync', lagBytes: 2 ** 22, lagMs: null },
          ],
        }),
      },
    ],
    ['slot-unused', 'pg1', at, { state: primary({ slots: [slot({})] }), events: event('slot.inactive', 'pg1') }],
    ['slot-unused', 'pg1', null, { state: primary({ slots: [slot({ name: 'pg2', heldBytes: 2 ** 27 })] }) }],
    ['slot-lost', 'pg1', null, { state: primary({ slots: [slot({ name: 'pg2', walStatus: 'lost' })] }) }],
    [
      'archive-failing',
      'pg1',
      at,
      {
        events: event('archive.failing', 'pg1'),
        state: primary({
          archiver: {
            lastArchived: 'A',
            lastArchivedAt: now - 1000,
            failedCount: 3,
            lastFailed: 'B',
            lastFailedAt: now - 100,
          },
        }),
      },
    ],
    [
      'archive-off',
      'pg1',
      null,
      { state: { dcs: part({ ...keys, config: { ...config, postgresql: { parameters: { archive_mode: 'on' } } } }) } },
    ],
    [
      'repository-error',
      'backup',
      null,
      { state: { backup: part({ ...repository, stanzaOk: false, message: 'error' }) } },
    ],
    ['no-backup', 'backup', now - 3_600_000, { state: { backup: part({ ...repository, backups: [] }) } }],
    [
      'backup-old',
      'backup',
      now - 30 * 3_600_000,
      { state: { backup: part({ ...repository, backups: [{ ...backup, stoppedAt: now - 30 * 3_600_000 }] }) } },
    ],
    ['proxy-no-writer', 'proxy', null, { state: { proxy: part([]) } }],
    [
      'proxy-wrong-writer',
      'proxy',
      null,
      { state: { proxy: part([{ host: 'pg2', write: true, read: false, check: '' }]) } },
    ],
    [
      'disk-full',
      'pg1',
      null,
      {
        facts: {
          pg1: { ...facts(hosts[0]!), disks: [{ mount: '/var/lib/postgresql/17', usedPercent: 93, freeBytes: 1 }] },
        },
      },
    ],
    [
      'clock-wrong',
      'pg2',
      at,
      {
        state: { clocks: { engine: { offsetMs: 3, u: 2, at: now }, pg2: { offsetMs: 4000, u: 5, at: now } } },
        events: event('clock.skewed', 'pg2'),
      },
    ],
    ['certificate-expired', 'witness', now - 60_000, { facts: { witness: endsAt(now - 60_000) } }],
    ['certificate-expiring', 'witness', now - 4 * day, { facts: { witness: endsAt(now + 10 * day) } }],
    ['fault-active', 'pg2', now - 9000, { state: { faults: [fault] } }],
    [
      'promise-broken',
      null,
      now - 5,
      {
        state: {
          violations: [
            {
              invariant: 'divergedMember',
              hosts: ['pg2'],
              from: now - 5,
              fromU: 0,
              to: null,
              toU: 0,
              text: 'pg2 diverged',
            },
          ],
        },
      },
    ],
  ]
  test.each(cases)('%s on %s, since %s', (rule, host, since, given) => {
    expect(found(given)).toContainEqual({ rule, host, since })
    const report = healthOf(inputOf(given))
    expect(report.healthy).toBe(false)
    expect(report.findings.every(({ next }) => /^dojo \w+ a\b/.test(next))).toBe(true)
    expect(report.areas.some(({ state }) => state === 'wrong')).toBe(true)
  })

  test('is tried by a case above', () => {
    const tried = new Set(cases.flatMap(([, , , given]) => rules.filter((rule) => rule(inputOf(given)).length > 0)))
    expect(rules.filter((rule) => !tried.has(rule)).map(({ name }) => name)).toEqual([])
  })

  test('tells a cause once: what a host that is away ran is not told again', () => {
    expect(found({ state: changed('pg2', away), facts: { pg2: null } })).toEqual([
      { rule: 'host-away', host: 'pg2', since: now - 9000 },
    ])
  })

  test('of a certificate says whose, until when, and what renews it in a lab; of an incident it does not', () => {
    const expired = {
      ...fault,
      kind: 'expired-certificate',
      target: 'witness',
      options: { service: 'etcd' },
    }
    const said = (by: FaultRecord['by'], options = expired.options, path = etcdCert) => {
      const witness = { ...endsAt(now - 60_000), certificates: [{ path, until: now - 60_000 }] }
      const given = { facts: { witness }, state: { faults: [{ ...expired, options, by }] } }
      return healthOf(inputOf(given)).findings.find(({ rule }) => rule === 'certificate-expired')!
    }
    const when = '1970-01-01 02:45 UTC'
    expect(said('cli').text).toBe(`the certificate of etcd on witness expired at ${when}: ${etcdCert}`)
    expect(said('cli').next).toBe('dojo heal a f1')
    const look = `dojo exec a witness -- openssl x509 -noout -subject -dates -in ${etcdCert}`
    expect(said('exercise').next).toBe(look)
    expect(said('cli', { service: 'postgres' }, '/etc/postgresql/tls/server.crt')).toMatchObject({
      text: expect.stringContaining('the certificate of postgres on witness'),
      next: 'dojo heal a f1',
    })
    expect(said('cli', { service: 'patroni' }).next).toBe(look)
    const soon = healthOf(inputOf({ facts: { witness: endsAt(now + 10 * day) } })).findings
    expect(soon).toMatchObject([
      { severity: 'warning', text: expect.stringContaining('expires in 10 days, at 1970-01-11') },
    ])
    expect(found({ facts: { witness: endsAt(now + 15 * day) } })).toEqual([])
  })

  test('keeps the faults of an incident to itself', () => {
    expect(found({ state: { faults: [{ ...fault, by: 'exercise' }] } })).toEqual([])
  })

  test('tells of the shared disk once, and lets it be fuller than one of its own', () => {
    const shared = (usedPercent: number) =>
      Object.fromEntries(
        hosts.map((host) => [host.name, { ...facts(host), disks: [{ mount: '/', usedPercent, freeBytes: 1 }] }]),
      )
    expect(found({ facts: shared(93) })).toEqual([])
    expect(found({ facts: shared(96) })).toEqual([{ rule: 'disk-full', host: null, since: null }])
  })

  test('a standby that is away may hold some WAL back', () => {
    expect(found({ state: primary({ slots: [slot({ name: 'pg2', heldBytes: 1000 })] }) })).toEqual([])
  })
})

test('what a host says of its disks, services and certificates is read', () => {
  const authority = makeAuthority()
  const until = new Date('2026-12-01T10:00:00Z')
  const validity = { from: new Date('2026-11-01'), until }
  const { cert } = issue(authority, { name: 'pg1', reachedAt: ['pg1'], validity })
  const ca = authority.cert
  const said = `Mounted on Use% Avail
/ 41% 8589934592
/ 41% 8589934592
/var/lib/postgresql/17 93% 1048576
services
run: /etc/service/etcd: (pid 22) 71s; run: log: (pid 20) 71s
down: /etc/service/patroni: 3s, normally up; run: log: (pid 21) 71s
certificates
/etc/etcd/tls/server.crt
${cert}/etc/patroni/tls/server.crt
-----BEGIN CERTIFICATE-----
bm90IG9uZQ==
-----END CERTIFICATE-----
/etc/ssl/lab/ca.crt
${ca}`
  expect(factsOf(said)).toEqual({
    disks: [
      { mount: '/', usedPercent: 41, freeBytes: 8589934592 },
      { mount: '/var/lib/postgresql/17', usedPercent: 93, freeBytes: 1048576 },
    ],
    services: [
      { service: 'etcd', up: true, forS: 71 },
      { service: 'patroni', up: false, forS: 3 },
    ],
    certificates: [
      { path: '/etc/etcd/tls/server.crt', until: until.getTime() },
      { path: '/etc/ssl/lab/ca.crt', until: Date.parse(new X509Certificate(ca).validTo) },
    ],
  })
})
