import type { HostView } from '../../src-main/contract/cluster.js'
import { bytesText, momentText } from '../timeline/words.js'
import { lsnNumber, lsnText } from './lsn.js'
import { fresh, primaryOf, type SceneInput } from './scene-base.js'

/** A timeline that ended where the next one began. */
export interface ForkStem {
  timeline: number
  words: string
  /** Said where the words have no room. */
  short: string
}

/** A host that did not come along to the newest timeline. */
export interface ForkBranch {
  host: string
  timeline: number
  words: string
  short: string
  /** It wrote past the point where the next timeline began: that part exists nowhere else. */
  diverged: boolean
  /** Where it ends is not known: its host does not answer. */
  open: boolean
}

/** The tree of timelines: stems one after the other, the newest at the end, and what was left behind at each fork. */
export interface ForkView {
  /** The ended ones, oldest first. */
  stems: ForkStem[]
  /** `stray`: the leader is on an older one, so somebody was promoted behind its back. */
  newest: { timeline: number; host: string | null; words: string; stray: boolean }
  left: ForkBranch[]
  explain: string
}

type Row = { timeline: number; lsn: number; at?: string | undefined }

/** The newest timeline, those before it and where each ended, and the hosts that are still on an old one. */
export function forkOf(input: SceneInput): ForkView | null {
  const { state } = input
  const data = state.hosts.filter(({ postgres, patroni, timeline }) => postgres ?? patroni ?? timeline !== null)
  const timelines = data.map((host) => timelineOf(host) ?? 0)
  const history = state.dcs.value?.history ?? []
  const newest = Math.max(0, ...timelines, ...history.map(({ timeline }) => timeline + 1))
  if (newest === 0) return null
  const leader = primaryOf(input)
  const head =
    state.hosts.find(({ name, timeline }) => name === leader && timeline === newest) ??
    data.find((host) => host.timeline === newest)
  const position = fresh(head?.postgres)?.lsn
  const left = data.flatMap((host): ForkBranch[] => {
    const timeline = timelineOf(host)
    if (timeline === null || timeline === 0 || timeline >= newest) return []
    const row = history.find((each) => each.timeline === timeline)
    return [branchOf(host, timeline, row)]
  })
  const stems = Array.from({ length: newest - 1 }, (_, index) =>
    stemOf(
      index + 1,
      history.find(({ timeline }) => timeline === index + 1),
      input,
    ),
  )
  const led = state.hosts.find(({ name, role }) => name === leader && role === 'leader')?.timeline ?? null
  const stray = head !== undefined && head.name !== leader && led !== null && led < newest
  const where = position ? `: ${position}` : ''
  const words = [`${newest}`, head ? `, ${head.name}` : '', where, stray ? ', astray' : ''].join('')
  return {
    stems,
    newest: { timeline: newest, host: head?.name ?? null, words, stray },
    left,
    explain: `${explainOf(newest, head?.name ?? null, stems, left)}${stray ? ` ${leader} leads on ${led}.` : ''}`,
  }
}

function stemOf(timeline: number, row: Row | undefined, { zero }: SceneInput): ForkStem {
  const split = row?.at ? Date.parse(row.at) : Number.NaN
  const lsn = row && row.lsn > 0 ? lsnText(row.lsn) : null
  const when = Number.isFinite(split) ? momentText(split - zero) : null
  const end = when ?? lsn ?? `${timeline + 1} began`
  return {
    timeline,
    words: when && lsn ? `${timeline} until ${when}, ${lsn}` : `${timeline} until ${end}`,
    short: lsn ? `${timeline} to ${lsn}` : `${timeline}`,
  }
}

function branchOf(host: HostView, timeline: number, row: Row | undefined): ForkBranch {
  const lsn = fresh(host.postgres)?.lsn
  const base = { host: host.name, timeline, open: !lsn }
  const name = `${timeline}, ${host.name}`
  if (!lsn) return { ...base, diverged: false, words: `${name}: end not known`, short: name }
  const past = row && row.lsn > 0 ? lsnNumber(lsn) - row.lsn : 0
  if (past <= 0) return { ...base, diverged: false, words: `${name}: ${lsn}`, short: name }
  return {
    ...base,
    diverged: true,
    words: `${name}: ${lsn}, ${bytesText(past)} astray`,
    short: `${name}: ${bytesText(past)} astray`,
  }
}

function explainOf(newest: number, head: string | null, stems: readonly ForkStem[], left: readonly ForkBranch[]) {
  if (newest === 1) return 'One timeline: nobody has been promoted since the cluster was made.'
  const ends = stems.map(({ words }) => words).join('; ')
  const behind = left.map(({ host, timeline, diverged, open }) =>
    diverged
      ? `${host} wrote on timeline ${timeline} past the fork: that part must be rewound before it can follow`
      : open
        ? `${host} was last on ${timeline}, and where its WAL ends is not known`
        : `${host} is still on ${timeline}, not past the fork`,
  )
  const rest = behind.length > 0 ? behind.join('; ') : 'every host follows it'
  return `Every promotion begins a timeline. ${newest} is the newest${head ? `, on ${head}` : ''}; ${rest}. Before it: ${ends}.`
}

/** A host that is gone does not say where it is; what it was is remembered in its note, and in its last answer. */
function timelineOf({ timeline, note, postgres }: HostView): number | null {
  const was = /was .* on timeline (\d+)/.exec(note)?.[1]
  return timeline ?? (was ? Number(was) : (postgres?.value?.timeline ?? null))
}
