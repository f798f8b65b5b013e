import type { EventKind, LabEvent } from '../../src-main/contract/record.js'
import { momentText } from './words.js'

export type MarkTone = 'fault' | 'etcd' | 'leader' | 'pass' | 'sync' | 'ink'
export type MarkShape = 'cross' | 'diamond' | 'triangle' | 'check' | 'bar' | 'square' | 'dot'

interface Look {
  tone: MarkTone
  shape: MarkShape
  /** How far its line goes: through every lane for a cause, from the client's lane down for what was only noticed. */
  line: 'all' | 'client' | 'none'
  /** 3 causes and their effects, 2 verdicts, 1 what follows from them. Lower ones give way. */
  weight: 1 | 2 | 3
  /** It begins a chain: later marks tell their distance from it. */
  cause?: boolean
}

const cause: Look = { tone: 'fault', shape: 'cross', line: 'all', weight: 3, cause: true }
const healed: Look = { tone: 'ink', shape: 'bar', line: 'client', weight: 2 }

/** Noticed, and nobody's act: it begins no chain. */
const alarm: Look = { tone: 'fault', shape: 'cross', line: 'client', weight: 2 }
const follows: Look = { tone: 'ink', shape: 'bar', line: 'none', weight: 1 }

const looks: Partial<Record<EventKind, Look>> = {
  'host.crashed': cause,
  'host.stopped': cause,
  'host.frozen': cause,
  'service.killed': cause,
  'fault.applied': cause,
  'switchover.requested': { ...cause, tone: 'ink', shape: 'bar' },
  'invariant.violated': { ...cause, cause: false },
  'quorum.lost': { ...cause, cause: false },
  'fault.failed': { ...cause, cause: false, line: 'client' },
  'host.started': healed,
  'host.thawed': healed,
  'fault.healed': healed,
  'quorum.back': { ...healed, tone: 'etcd', shape: 'dot' },
  'lease.expired': { tone: 'etcd', shape: 'diamond', line: 'all', weight: 3 },
  'leader.released': { tone: 'etcd', shape: 'diamond', line: 'all', weight: 3 },
  'leader.lost': { tone: 'etcd', shape: 'diamond', line: 'all', weight: 3 },
  promoted: { tone: 'leader', shape: 'triangle', line: 'all', weight: 3 },
  demoted: { tone: 'ink', shape: 'bar', line: 'client', weight: 2 },
  'replica.streaming': { tone: 'sync', shape: 'square', line: 'client', weight: 1 },
  'check.passed': { tone: 'pass', shape: 'check', line: 'client', weight: 2 },
  'check.regressed': { tone: 'fault', shape: 'cross', line: 'client', weight: 2 },
  'step.done': { tone: 'pass', shape: 'check', line: 'client', weight: 2 },
  'config.changed': { tone: 'ink', shape: 'bar', line: 'client', weight: 2 },
  'cluster.paused': { tone: 'ink', shape: 'bar', line: 'client', weight: 2 },
  'cluster.resumed': { tone: 'ink', shape: 'bar', line: 'client', weight: 2 },
  'service.lost': { ...alarm, weight: 1 },
  pitr: { tone: 'ink', shape: 'bar', line: 'all', weight: 3 },
  'archive.failing': alarm,
  'clock.skewed': alarm,
  'clock.jumped': alarm,
  'slot.inactive': alarm,
  unexplained: alarm,
  'invariant.restored': healed,
  'archive.working': follows,
  'clock.right': follows,
  'service.restarted': follows,
  'slot.created': follows,
  'slot.dropped': follows,
}

export interface Mark extends Look {
  t: number
  words: string
  /** "12:07.0" for a cause, "+20.4 s" for what followed within two minutes. */
  when: string
  event: LabEvent
}

/** A fault and the engine's word about the same host are one thing; the engine's time is the exact one. */
const sameThingMs = 5_000
const chainMs = 120_000

const ofHost: readonly EventKind[] = [
  'host.crashed',
  'host.stopped',
  'host.frozen',
  'host.started',
  'host.thawed',
  'service.killed',
]

/** Marks in the order of time, each thing once. `zero` is the moment that times are counted from. */
export function marksOf(events: readonly LabEvent[], zero: number): Mark[] {
  const marks: Mark[] = []
  let began: Mark | null = null
  for (const event of events) {
    const look = looks[event.kind]
    if (!look || isEcho(event, events) || repeats(event, marks)) continue
    const since: number | null = began ? event.t - began.t : null
    const isEffect = since !== null && since <= chainMs && !look.cause
    const when = isEffect ? `+${(since / 1000).toFixed(1)} s` : momentText(event.t - zero)
    const mark: Mark = { ...look, t: event.t, words: wordsOf(event), when, event }
    marks.push(mark)
    if (look.cause) began = mark
  }
  return marks
}

/** It begins a chain of effects: somebody or something did it. */
export const isCause = ({ kind }: LabEvent): boolean => looks[kind]?.cause === true

/** A fault that the engine tells of as well, with the exact time. */
export function isEcho(event: LabEvent, events: readonly LabEvent[]): boolean {
  if (event.kind !== 'fault.applied' && event.kind !== 'fault.healed') return false
  return events.some(
    (other) =>
      other.host !== undefined &&
      other.host === event.host &&
      ofHost.includes(other.kind) &&
      Math.abs(other.t - event.t) < sameThingMs,
  )
}

/** A step's last check and the step itself pass at the same moment. */
function repeats(event: LabEvent, marks: readonly Mark[]): boolean {
  if (event.kind !== 'step.done') return false
  return marks.some(({ event: { kind, t } }) => kind === 'check.passed' && Math.abs(t - event.t) < 1_000)
}

/** Marks stand close together: a few words each. The list has the whole sentence. */
const shortWords: Partial<Record<EventKind, string>> = {
  'check.passed': 'check passed',
  'check.regressed': 'check regressed',
  'step.done': 'step done',
  promoted: 'promoted',
  'switchover.requested': 'switchover',
  'leader.released': 'key released',
  'leader.lost': 'key lost',
  'quorum.lost': 'quorum lost',
  'quorum.back': 'quorum back',
  'clock.jumped': 'clock jumped',
  'slot.inactive': 'slot holds WAL',
  unexplained: 'unexplained',
  'cluster.paused': 'paused',
  'cluster.resumed': 'resumed',
  'invariant.restored': 'rule holds again',
}

function wordsOf({ kind, host, text }: LabEvent): string {
  if (kind === 'replica.streaming' && host) return `${host} streams`
  if (kind === 'demoted' && host) return `${host} demoted`
  // a lab's first change sets everything at once
  if (kind === 'config.changed' && text.length > 40) return 'configuration changed'
  if (kind === 'service.lost') return text.split(':')[0]!
  return shortWords[kind] ?? text
}
