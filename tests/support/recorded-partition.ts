import type { LabRecord } from '../../src-main/contract/record.js'
import { at, dice, event, role } from './recorded-failover.js'

/**
 * A leader cut off from everybody, as the recorder would keep it: asynchronous, so that what it took meanwhile is lost;
 * both sides are writable for a moment, which is a violation. Times are made up, in seconds of the attempt.
 */
export const cutAt = 300
export const expiredAt = 318.6
export const promotedAt = 319.5
export const writesAgainAt = 320.2
export const healedAt = 352
export const rejoinedAt = 361.4
const demotedAt = 303.4
const bytesAtZero = 80_000_000
const bytesPerSecond = 14_000

const everybody = ['pg2', 'witness', 'backup', 'proxy']
const cuts = everybody.flatMap((other) => [
  { from: 'pg1', to: other, services: [] },
  { from: other, to: 'pg1', services: [] },
])

const leaseAt = (s: number): { holder: string | null; leftMs: number | null } => {
  if (s >= expiredAt && s < expiredAt + 0.3) return { holder: null, leftMs: null }
  const renewed = s < expiredAt ? Math.floor(Math.min(s, cutAt - 1.4) / 2) * 2 + 0.6 : expiredAt + 0.3
  const last = s < expiredAt ? renewed : renewed + Math.floor((s - renewed) / 2) * 2
  return { holder: s < expiredAt ? 'pg1' : 'pg2', leftMs: Math.max(0, 20_000 - (s - last) * 1000) }
}

function sampled(until: number): LabRecord[] {
  const random = dice(11)
  const records: LabRecord[] = []
  for (let s = 0; s < until; s++) {
    const out = s >= cutAt && s < Math.ceil(writesAgainAt)
    const slots = Array.from({ length: 10 }, (_, slot) => s + slot / 10)
    const silent = (t: number): boolean => t >= cutAt - 0.001 && t < writesAgainAt - 0.001
    records.push(
      { t: at(s), k: 'lease', ttlS: 20, ...leaseAt(s) },
      { t: at(s + 0.5), k: 'lease', ttlS: 20, ...leaseAt(s + 0.5) },
      {
        t: at(s),
        k: 'ticks',
        acked: slots.map((t) => (silent(t) ? 0 : 4 + (random() < 0.2 ? -1 : 0))),
        failed: slots.map((t) => (silent(t) && t > 303 && random() < 0.3 ? 1 : 0)),
        unknown: slots.map((t) => (Math.abs(t - cutAt) < 0.05 ? 2 : 0)),
        slowestMs: slots.map((t) =>
          silent(t) ? null : 2 + random() * 6 + (Math.abs(t - writesAgainAt) < 0.4 ? 900 : 0),
        ),
      },
    )
    const before = bytesAtZero + Math.min(s, cutAt) * bytesPerSecond
    const astray = Math.max(0, Math.min(s, demotedAt) - cutAt) * 1_900
    const led = Math.max(0, s - writesAgainAt) * bytesPerSecond
    const back = s >= rejoinedAt
    const wobble = out ? 0 : Math.round(random() * 4_000)
    records.push({
      t: at(s),
      k: 'gauge',
      hosts: {
        pg1: {
          walBytes: Math.round(before + (back ? led : astray)),
          lagBytes:
            s < cutAt ? null : back ? Math.round(Math.max(0, 400_000 - (s - rejoinedAt) * 90_000)) + wobble : null,
          lagMs: back ? 12 : null,
        },
        pg2: {
          walBytes: Math.round(before + led) - (s < cutAt ? wobble : 0),
          lagBytes: s < cutAt ? wobble : s < expiredAt ? Math.round(astray) : null,
          lagMs: s < cutAt ? 3 + Math.round(random() * 4) : null,
        },
      },
    })
  }
  return records
}

/** Everything up to a second of the attempt, in the order of time. */
export function partitionRecords(until: number): LabRecord[] {
  const fault = { id: 'f1', fault: 'partition', target: 'pg1', options: {}, by: 'learner' }
  const did = 'Cut pg1 off from pg2, witness, backup, proxy: everything, both ways, dropped'
  const records: LabRecord[] = [
    event(0, 'attempt.began', 'Partition begins', { source: 'app' }),
    role(0, 'pg1', 'leader', 1, 'streams to pg2'),
    role(0, 'pg2', 'replica', 1, 'streaming from pg1'),
    role(0, 'witness', 'none', null, 'etcd leader, term 2'),
    role(0, 'backup', 'none', null, ''),
    role(0, 'proxy', 'none', null, ''),
    { t: at(0), k: 'etcd', members: { pg1: true, pg2: true, witness: true }, quorum: true },
    event(cutAt, 'fault.applied', 'partition pg1', { host: 'pg1', source: 'app', data: { ...fault, cuts, did } }),
    event(cutAt, 'outage.began', 'writes stop', { source: 'probe', data: { lastAckAt: at(cutAt) } }),
    { t: at(cutAt + 1.2), k: 'etcd', members: { pg1: false, pg2: true, witness: true }, quorum: true },
    event(cutAt + 1.2, 'etcd.lost', 'etcd on pg1 is gone, 2 of 3 vote', { host: 'pg1' }),
    event(cutAt + 2, 'replica.stopped', 'pg2 no longer streams', { host: 'pg2', source: 'sql' }),
    role(cutAt + 2, 'pg2', 'replica', 1, 'no upstream; waiting for the leader key'),
    event(demotedAt, 'demoted', 'pg1 demoted', { host: 'pg1', source: 'sql' }),
    role(demotedAt, 'pg1', 'none', 1, 'read-only, cut off'),
    event(expiredAt, 'lease.expired', 'lease expired', { host: 'pg1' }),
    event(expiredAt + 0.3, 'leader.taken', 'pg2 takes the leader key', { host: 'pg2', data: { from: 'pg1' } }),
    role(promotedAt, 'pg2', 'leader', 2, 'no standby attached'),
    event(promotedAt, 'promoted', 'pg2 promoted, timeline 2', { host: 'pg2', source: 'sql', data: { timeline: 2 } }),
    event(promotedAt + 0.8, 'timeline', 'timeline 2 from 0/50C7440', {
      host: 'pg2',
      data: { timeline: 1, to: 2, lsn: bytesAtZero + cutAt * bytesPerSecond, lsnText: '0/50C7440' },
    }),
    event(writesAgainAt, 'outage.ended', 'writes again', {
      source: 'probe',
      data: { lastAckAt: at(cutAt), until: at(writesAgainAt), seconds: 20.2, failed: 41, unknown: 2, lost: 7 },
    }),
    event(healedAt, 'fault.healed', 'healed partition pg1', { host: 'pg1', source: 'app', data: fault }),
    { t: at(healedAt + 1), k: 'etcd', members: { pg1: true, pg2: true, witness: true }, quorum: true },
    event(healedAt + 1, 'etcd.back', 'etcd on pg1 is back, 3 of 3 vote', { host: 'pg1' }),
    role(healedAt + 2, 'pg1', 'starting', null, 'pg_rewind'),
    role(rejoinedAt, 'pg1', 'replica', 2, 'streaming from pg2'),
    event(rejoinedAt, 'replica.streaming', 'pg1 streams from pg2', { host: 'pg1', source: 'sql' }),
  ]
  return [...records, ...sampled(Math.max(1, until))].filter(({ t }) => t <= at(until)).toSorted((a, b) => a.t - b.t)
}

/** As the observer says it when a healed primary is writable beside the new one. */
export const violation = (s: number): LabRecord =>
  event(s, 'invariant.violated', 'pg1 and pg2 accept writes at the same time', {
    source: 'sql',
    u: 480,
    data: { invariant: 'writablePrimaries', atMost: 1, hosts: ['pg1', 'pg2'] },
  })
