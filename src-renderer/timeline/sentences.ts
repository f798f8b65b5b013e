import type { LabEvent } from '../../src-main/contract/record.js'
import { numberIn, textIn } from './event-data.js'
import { secondsText } from './words.js'

/** What an event's sentence may know of the incident around it. */
export interface Around {
  /** Hosts whose leader key ran out or was released in this incident: they held it. */
  holders: ReadonlySet<string>
  /** The fault that the engine's event is the effect of. */
  by: string
  /** When the key was free, and when it was taken, as far as this incident got. */
  freeAt: number | null
  takenAt: number | null
}

const by: Record<string, string> = {
  learner: ', by you',
  exercise: ', by the exercise',
  cli: ', from the command line',
  proof: ', by the proof',
}
export const byOf = (event: LabEvent | undefined): string => by[textIn(event?.data ?? {}, 'by') ?? ''] ?? ''

/** A sentence's first letter; names of hosts and programs keep theirs. */
const capital = (text: string): string =>
  /^(etcd\b|[a-z]*[\d_])/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
const stop = (text: string): string => (/[.?]$/.test(text) ? text : `${text}.`)
const after = (from: number | null, t: number, what: string): string =>
  from === null || t < from ? '' : `, ${secondsText((t - from) / 1000)} after ${what}`
const plain = ({ text }: LabEvent): string => stop(capital(text))

const held = (host: string | undefined, { holders }: Around, words: string): string =>
  host && holders.has(host) ? ` ${words}` : ''

type Writer = (event: LabEvent, around: Around) => string

/** Kinds that belong into the story of an incident, by name, so that a kind may be told before it exists; the others are in the list. */
const writers: Partial<Record<string, Writer>> = {
  'host.crashed': (event, around) =>
    `The host of ${event.host} crashed${around.by}.${held(event.host, around, 'It held the leader key and could not release it.')}`,
  'host.stopped': (event, around) =>
    `The host of ${event.host} was stopped${around.by}.${held(event.host, around, 'It held the leader key.')}`,
  'host.frozen': (event, around) =>
    `The host of ${event.host} froze${around.by}: connections to it hang.${held(event.host, around, 'It held the leader key and could not renew it.')}`,
  'service.killed': (event, around) => stop(`${capital(event.text)}${around.by}`),
  'fault.applied': (event, around) =>
    `${stop(`${textIn(event.data, 'did') ?? capital(event.text)}${byOf(event)}`)}${held(event.host, around, `${event.host} held the leader key.`)}`,
  'fault.failed': plain,
  'switchover.requested': plain,
  pitr: plain,
  'config.changed': plain,
  'outage.began': () => 'The client’s writes stopped.',
  'outage.ended': (event) => outageEnd(event),
  'etcd.lost': plain,
  'etcd.back': plain,
  'etcd.leader': plain,
  'quorum.lost': () => 'etcd lost its quorum: nobody could renew or take the leader key.',
  'quorum.back': () => 'etcd had its quorum again.',
  'replica.stopped': ({ host }) => `${host ?? 'A standby'} no longer received WAL.`,
  'replica.streaming': plain,
  demoted: ({ host }) => `${host ?? 'The leader'} was demoted: it took no more writes.`,
  'lease.expired': ({ host }) => `The lease${host ? ` of ${host}` : ''} ran out: the leader key was free.`,
  'leader.released': ({ host }) => `${host ?? 'The leader'} released the leader key: nobody had to wait for the lease.`,
  'leader.lost': () => 'The leader key was gone.',
  'leader.taken': ({ host, t }, { freeAt }) =>
    `${host ?? 'A standby'} took the leader key${after(freeAt, t, 'it was free')}.`,
  election: plain,
  promoted: ({ host, data, t }, { takenAt }) => {
    const timeline = numberIn(data, 'timeline')
    return `${host ?? 'A standby'} was promoted${timeline === null ? '' : ` to timeline ${timeline}`}${after(takenAt, t, 'taking the key')}.`
  },
  timeline: plain,
  'sync.changed': plain,
  'host.started': ({ host }) => `The host of ${host} started.`,
  'host.thawed': ({ host }) => `The host of ${host} ran on.`,
  'fault.healed': plain,
  'invariant.restored': plain,
  'writes.verified': ({ text, host }) =>
    `The ledger was compared with the rows${host ? ` on ${host}` : ''}: ${stop(text)}`,
  'service.lost': plain,
  'service.back': plain,
  'service.restarted': plain,
  'cluster.paused': plain,
  'cluster.resumed': plain,
  'archive.failing': plain,
  'archive.working': plain,
  unexplained: plain,
  'invariant.violated': ({ text }) => `A safety rule was broken: ${stop(text)}`,
}

function outageEnd({ data }: LabEvent): string {
  const seconds = numberIn(data, 'seconds')
  const counts = (['lost', 'unknown', 'failed'] as const).flatMap((name) => {
    const count = numberIn(data, name)
    return count === null ? [] : [`${name} ${count}`]
  })
  const outage = seconds === null ? '' : ` after ${secondsText(seconds)}`
  return `Writes came back${outage}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}.`
}

export const isTold = ({ kind }: LabEvent): boolean => writers[kind] !== undefined

export const sentenceOf = (event: LabEvent, around: Around): string => writers[event.kind]!(event, around)
