import type { ClusterState, HostView, PostgresReading } from '../../src-main/contract/cluster.js'
import type { FaultRecord } from '../../src-main/contract/fault.js'
import type { LabInfo } from '../../src-main/contract/lab.js'
import type { ProbeStats } from '../../src-main/contract/probe.js'
import type { EventKind, LabEvent, LabRecord } from '../../src-main/contract/record.js'

/**
 * A crash of the leader's host as the recorder would keep it, with times in seconds of the attempt: crash at 727.0,
 * lease gone at 747.4, promotion at 748.3, first write at 748.9. For drawings and their tests; the times are those of
 * the drawn bar, not a measurement.
 */
export const zero = Date.UTC(2026, 10, 20, 14, 5, 0)
export const at = (seconds: number): number => zero + Math.round(seconds * 1000)

export const crashAt = 727.0
export const expiredAt = 747.4
export const takenAt = 747.6
export const promotedAt = 748.3
export const writesAgainAt = 748.9
export const backAt = 860
const ttlS = 20
const loopWait = 2

const patroniSettings = {
  ttl: ttlS,
  loop_wait: loopWait,
  retry_timeout: 8,
  synchronous_mode: true,
  synchronous_mode_strict: false,
  maximum_lag_on_failover: 1048576,
  primary_start_timeout: 300,
  failsafe_mode: false,
}

type Service = LabInfo['hosts'][number]['services'][number]
export interface HostChoice {
  services: Service[]
  at: [number, number]
}

export const pairWitness: Record<string, HostChoice> = {
  pg1: { services: ['etcd', 'patroni', 'pgbackrest'], at: [2, 0] },
  pg2: { services: ['etcd', 'patroni', 'pgbackrest'], at: [2, 2] },
  witness: { services: ['etcd'], at: [3, 1] },
  backup: { services: ['pgbackrest'], at: [3, 2] },
  proxy: { services: ['haproxy'], at: [1, 1] },
}

/** What `labs.get` would answer for such a lab. */
export function labInfo(choice: Record<string, HostChoice> = pairWitness): LabInfo {
  const hosts = Object.entries(choice)
  const settings = {
    patroni: patroniSettings,
    postgresql: {},
    security: 'plain' as const,
    etcd: { heartbeat_interval: 100, election_timeout: 1000 },
    backup: { keep_full: 2, encrypted: false, archive_async: false, replicas_from_backup: false },
    cron: { every: 30, keep: 3 },
  }
  return {
    lab: 'pw-1',
    topology: 'pair-witness',
    state: 'healthy',
    createdAt: at(-20),
    seconds: { total: 7.1 },
    hosts: hosts.map(([name, host], index) => ({ name, ...host, address: `10.77.0.${11 + index}`, endpoints: {} })),
    client: { readWrite: { host: '127.0.0.1', port: 35000 }, readOnly: { host: '127.0.0.1', port: 35001 } },
    credentials: '/home/learner/.local/share/pg-ha-dojo/labs/pw-1/credentials.json',
    settings,
    spec: {
      topology: 'pair-witness',
      summary: 'Two data hosts, a witness that breaks ties, a backup repository, one address for clients',
      hosts: Object.fromEntries(
        hosts.map(([name, host], index) => [name, { ...host, address: 11 + index, memory: '512Mi' }]),
      ),
      settings,
      client: { readWrite: { host: 'proxy', port: 5000 }, readOnly: { host: 'proxy', port: 5001 } },
      healthy: { within: 90, standbys: { streaming: 1, synchronous: 1 } },
      promises: { writablePrimaries: { atMost: 1 }, lostAcknowledgedWrites: { atMost: 0 } },
    },
    scope: 'main',
    image: 'pg-ha-dojo-host:0123456789ab',
  }
}

export const event = (s: number, kind: EventKind, text: string, extra: Partial<LabEvent> = {}): LabEvent => ({
  t: at(s),
  k: 'event',
  kind,
  text,
  data: {},
  source: 'etcd',
  ...extra,
})

export const role = (
  s: number,
  host: string,
  word: HostView['role'],
  timeline: number | null,
  note: string,
): LabRecord => ({
  t: at(s),
  k: 'role',
  host,
  role: word,
  timeline,
  note,
})

/** A source of numbers that look random and are the same every time. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

/** Seconds left of the lease at a moment, and who holds it. */
export function leaseAt(s: number): { holder: string | null; leftMs: number | null; renewedAt: number | null } {
  if (s >= expiredAt && s < takenAt) return { holder: null, leftMs: null, renewedAt: null }
  const holder = s < expiredAt ? 'pg1' : 'pg2'
  const begin = s < expiredAt ? 1 : takenAt
  // pg1's last renewal was 0.1 s before the crash; it renews on odd seconds
  const last = s < expiredAt ? Math.min(s, crashAt) : s
  const renewed = begin + Math.floor((last - begin) / loopWait) * loopWait
  return { holder, leftMs: Math.max(0, (ttlS - (s - renewed)) * 1000), renewedAt: renewed }
}

function leaseRecords(from: number, to: number): LabRecord[] {
  const records: LabRecord[] = []
  for (let s = from; s < to; s += 0.5) {
    const { holder, leftMs } = leaseAt(s)
    records.push({ t: at(s), k: 'lease', holder, leftMs: leftMs === null ? null : Math.round(leftMs), ttlS })
  }
  return records
}

/** Ten batches of 100 ms per second, about 41 writes per second; none while nobody answers. */
function ticksRecords(from: number, to: number, rate: number, silent: (s: number) => boolean): LabRecord[] {
  const random = dice(7)
  const records: LabRecord[] = []
  for (let s = from; s < to; s++) {
    const acked: number[] = []
    const unknown: number[] = []
    for (let slot = 0; slot < 10; slot++) {
      const now = s + slot / 10
      const draw = random()
      const usual = Math.max(0, Math.round(rate / 10 + (draw < 0.25 ? -1 : draw > 0.72 ? 1 : 0)))
      acked.push(silent(now + 0.0001) ? 0 : usual)
      unknown.push(Math.abs(now - crashAt) < 0.01 && silent(now + 0.0001) ? 3 : 0)
    }
    records.push({ t: at(s), k: 'ticks', acked, failed: acked.map(() => 0), unknown })
  }
  return records
}

/** Everything that the recorder kept up to a second of the attempt, in the order of its coming. */
export function failoverRecords(until: number): LabRecord[] {
  const records: LabRecord[] = [
    event(-14, 'lab.healthy', 'the lab is healthy', { source: 'app' }),
    event(0, 'attempt.began', 'Failover begins', { source: 'app' }),
    role(0, 'pg1', 'leader', 1, 'streams to pg2'),
    role(0, 'pg2', 'sync', 1, 'streaming from pg1'),
    role(0, 'witness', 'none', null, 'etcd leader, term 2'),
    role(0, 'backup', 'none', null, ''),
    role(0, 'proxy', 'none', null, ''),
    { t: at(0), k: 'etcd', members: { pg1: true, pg2: true, witness: true }, quorum: true },
    ...[94, 215, 410, 672].map((s) => event(s, 'check.passed', 'the step’s checks passed', { source: 'app' })),
    event(650, 'answer', 'prediction: 20 s', {
      source: 'app',
      data: { question: 'outage', value: 20, prediction: true },
    }),
    event(crashAt + 0.02, 'fault.applied', 'crash pg1', {
      host: 'pg1',
      source: 'app',
      data: { id: 'f1', fault: 'crash', target: 'pg1', by: 'learner' },
    }),
    event(crashAt, 'host.crashed', 'crash pg1', {
      host: 'pg1',
      source: 'engine',
      data: { how: 'killed', exitCode: 137 },
    }),
    event(crashAt, 'outage.began', 'writes stop', { source: 'probe', data: { lastAckAt: at(crashAt) } }),
    role(crashAt, 'pg1', 'down', 1, 'crashed; was leader on timeline 1'),
    { t: at(crashAt + 0.1), k: 'etcd', members: { pg1: false, pg2: true, witness: true }, quorum: true },
    event(crashAt + 0.1, 'etcd.lost', 'etcd on pg1 is gone, 2 of 3 vote', { host: 'pg1' }),
    event(crashAt + 0.05, 'replica.stopped', 'pg2 no longer streams', { host: 'pg2', source: 'sql' }),
    role(crashAt + 0.3, 'pg2', 'sync', 1, 'no upstream; waiting for the leader key'),
    event(expiredAt, 'lease.expired', 'lease expired', { host: 'pg1' }),
    event(takenAt, 'leader.taken', 'pg2 takes the leader key', { host: 'pg2', data: { from: 'pg1' } }),
    role(promotedAt, 'pg2', 'leader', 2, 'no standby attached'),
    event(promotedAt, 'promoted', 'pg2 promoted, timeline 2', { host: 'pg2', source: 'sql', data: { timeline: 2 } }),
    event(writesAgainAt, 'outage.ended', 'writes again', {
      source: 'probe',
      data: { lastAckAt: at(crashAt), until: at(writesAgainAt), seconds: 21.9, failed: 60, unknown: 3 },
    }),
    event(promotedAt + 0.8, 'timeline', 'timeline 2 from 0/5030000', {
      host: 'pg2',
      data: { timeline: 1, to: 2, lsn: 84082688, lsnText: '0/5030000' },
    }),
    event(750.2, 'check.passed', 'pg2 leads on timeline 2', { source: 'app' }),
    event(backAt, 'host.started', 'pg1 starts', { host: 'pg1', source: 'engine' }),
    role(backAt, 'pg1', 'starting', null, 'services start'),
    { t: at(backAt + 1.2), k: 'etcd', members: { pg1: true, pg2: true, witness: true }, quorum: true },
    role(backAt + 6, 'pg1', 'replica', 2, 'streaming from pg2'),
    event(backAt + 6, 'replica.streaming', 'pg1 streams from pg2', { host: 'pg1', source: 'sql' }),
    role(backAt + 9, 'pg1', 'sync', 2, 'streaming from pg2'),
  ]
  records.push(...leaseRecords(1, Math.max(until, 1)))
  records.push(...ticksRecords(0, until, 40, (s) => s >= crashAt && s < writesAgainAt))
  return records.filter(({ t }) => t <= at(until)).toSorted((a, b) => a.t - b.t)
}

const fresh = <T>(value: T, t: number) => ({ value, at: t, stale: false })
const gone = <T>(value: T | null, t: number, error: string) => ({ value, at: t, stale: true, error })

function postgres(s: number, inRecovery: boolean, timeline: number, extra: Partial<PostgresReading>): PostgresReading {
  return {
    inRecovery,
    readOnly: inRecovery,
    timeline,
    lsn: inRecovery ? '0/5031C20' : '0/5031C48',
    systemIdentifier: '7554021943880261649',
    startedAt: at(-10),
    version: '17.6',
    replication: [],
    walReceiver: null,
    archiver: {
      lastArchived: timeline === 2 ? '00000002.history' : '000000010000000000000004',
      lastArchivedAt: at(s - 3),
      failedCount: 0,
    },
    ...extra,
  }
}

/** The state that the observer would send at a second of the attempt. */
export function failoverState(s: number): ClusterState {
  const now = at(s)
  const down = s >= crashAt && s < backAt
  const rejoined = s >= backAt + 6
  const leads = s >= promotedAt ? 'pg2' : 'pg1'
  const { holder, leftMs, renewedAt } = leaseAt(s)
  const row = { state: 'streaming', lagBytes: 0, lagMs: 4 }
  const healthyPatroni = (name: string, timeline: number) => ({
    state: 'running',
    role: name === leads ? 'primary' : 'replica',
    timeline,
    pendingRestart: false,
    paused: false,
    clusterUnlocked: holder === null,
    syncStandby: name !== leads,
    serverVersion: 170006,
    patroniVersion: '4.0.7',
  })
  const pg1Reading =
    s < crashAt
      ? postgres(s, false, 1, { replication: [{ applicationName: 'pg2', syncState: 'sync', ...row }] })
      : rejoined
        ? postgres(s, true, 2, { walReceiver: { status: 'streaming', senderHost: 'pg2' } })
        : postgres(crashAt, false, 1, {})
  const pg2Reading =
    leads === 'pg2'
      ? postgres(s, false, 2, rejoined ? { replication: [{ applicationName: 'pg1', syncState: 'sync', ...row }] } : {})
      : postgres(s, true, 1, { walReceiver: s < crashAt ? { status: 'streaming', senderHost: 'pg1' } : null })
  const hosts: HostView[] = [
    {
      name: 'pg1',
      role: down ? 'down' : s < crashAt ? 'leader' : rejoined ? 'sync' : 'starting',
      timeline: s < backAt ? 1 : rejoined ? 2 : null,
      note: down
        ? 'crashed; was leader on timeline 1'
        : s < crashAt
          ? 'streams to pg2'
          : rejoined
            ? 'streaming from pg2'
            : 'services start',
      engine: fresh(
        down
          ? { container: 'exited' as const, since: at(crashAt), how: 'killed' as const, exitCode: 137 }
          : { container: 'running' as const, since: s < crashAt ? at(-18) : at(backAt) },
        now,
      ),
      patroni: down
        ? gone(healthyPatroni('pg1', 1), at(crashAt), 'connect ECONNREFUSED')
        : fresh(healthyPatroni('pg1', s < backAt ? 1 : 2), now - 200),
      postgres: down ? gone(pg1Reading, at(crashAt), 'no answer') : fresh(pg1Reading, now - 200),
    },
    {
      name: 'pg2',
      role: leads === 'pg2' ? 'leader' : 'sync',
      timeline: leads === 'pg2' ? 2 : 1,
      note:
        leads === 'pg2'
          ? rejoined
            ? 'streams to pg1'
            : 'no standby attached'
          : s < crashAt
            ? 'streaming from pg1'
            : 'no upstream; waiting for the leader key',
      engine: fresh({ container: 'running', since: at(-18) }, now),
      patroni: fresh(healthyPatroni('pg2', leads === 'pg2' ? 2 : 1), now - 200),
      postgres: fresh(pg2Reading, now - 200),
    },
    ...['witness', 'backup', 'proxy'].map((name): HostView => ({
      name,
      role: 'none',
      timeline: null,
      note: name === 'witness' ? 'etcd leader, term 2' : '',
      engine: fresh({ container: 'running', since: at(-18) }, now),
    })),
  ]
  const memberDown = s >= crashAt && s < backAt + 1.2
  return {
    lab: 'pw-1',
    at: now,
    hosts,
    leader: holder,
    dcs: fresh(
      {
        leader: holder,
        lease:
          leftMs === null
            ? null
            : {
                id: '694d9335c1a2f30b',
                ttlS,
                leftMs,
                readAt: now,
                renewedAt: renewedAt === null ? null : at(renewedAt),
              },
        sync: { leader: leads, standbys: s < promotedAt ? ['pg2'] : rejoined ? ['pg1'] : [] },
        config: { ttl: ttlS, loop_wait: loopWait, retry_timeout: 8, synchronous_mode: true },
        initialize: '7554021943880261649',
        failover: null,
        history:
          leads === 'pg2'
            ? [{ timeline: 1, lsn: 84082688, reason: 'no recovery target specified', newLeader: 'pg2' }]
            : [],
        members: {},
        pause: false,
      },
      now,
    ),
    etcd: fresh(
      {
        members: [
          memberDown
            ? { name: 'pg1', answers: false, leader: false, error: 'no answer' }
            : { name: 'pg1', answers: true, leader: false, term: 2 },
          { name: 'pg2', answers: true, leader: false, term: 2 },
          { name: 'witness', answers: true, leader: true, term: 2 },
        ],
        quorum: true,
      },
      now,
    ),
    proxy: fresh(
      [
        {
          host: 'pg1',
          write: s < crashAt,
          read: rejoined,
          check: s < crashAt ? 'HTTP 200' : down ? 'L4TOUT' : 'HTTP 503',
        },
        {
          host: 'pg2',
          write: leads === 'pg2',
          read: leads !== 'pg2',
          check: leads === 'pg2' ? 'HTTP 200' : 'HTTP 503',
        },
      ],
      now - 500,
    ),
    backup: fresh(
      {
        stanzaOk: true,
        message: 'ok',
        backups: [
          { label: '20261120-140501F', type: 'full', startedAt: at(-90), stoppedAt: at(-86), sizeBytes: 24_000_000 },
        ],
        archiveMin: '000000010000000000000001',
        archiveMax: leads === 'pg2' ? '000000020000000000000005' : '000000010000000000000004',
      },
      now - 2_000,
    ),
    probe: probeStats(s),
    faults: s >= crashAt ? [crashFault(s)] : [],
  }
}

export function probeStats(s: number): ProbeStats {
  const out = s >= crashAt && s < writesAgainAt
  const outage = {
    from: at(crashAt + 0.02),
    lastAckAt: at(crashAt),
    until: out ? null : at(writesAgainAt),
    seconds: Math.min(s, writesAgainAt) - crashAt,
    failed: 60,
    unknown: 3,
  }
  return {
    running: true,
    startedAt: at(0),
    writesPerSecond: out ? 0 : 41,
    rate: 40,
    acknowledged: Math.round(40.6 * (s < crashAt ? s : out ? crashAt : s - 21.9)),
    failed: s < crashAt ? 0 : 60,
    unknown: s < crashAt ? 0 : 3,
    outages: s < crashAt ? [] : [outage],
    lost: s < writesAgainAt + 0.5 && s >= crashAt ? null : 0,
    verifiedAt: s < writesAgainAt + 0.5 && s >= crashAt ? null : at(s),
  }
}

const crashFault = (s: number): FaultRecord => ({
  id: 'f1',
  kind: 'crash',
  target: 'pg1',
  options: {},
  state: s < backAt ? 'active' : 'ended',
  appliedAt: at(crashAt + 0.02),
  effect: { holds: true, observed: 'exited with code 137' },
  did: 'killed the container',
  by: 'learner',
})
