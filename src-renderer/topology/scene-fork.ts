import type { HostView } from '../../src-main/contract/cluster.js'
import { momentText } from '../timeline/words.js'
import { fresh, primaryOf, type SceneInput } from './scene-base.js'

export interface ForkBranch {
  timeline: number
  words: string
  /** What the branch is drawn with: the newest timeline, or one that was left. */
  newest: boolean
  /** Where it ends is not known: its host does not answer. */
  open: boolean
}

export interface ForkView {
  trunk: string
  branches: ForkBranch[]
  explain: string
}

/** The newest timeline and where it left the one before it. Hosts still on the old one make it a fork. */
export function forkOf(input: SceneInput): ForkView | null {
  const { state, zero } = input
  const data = state.hosts.filter(({ postgres, patroni, timeline }) => postgres ?? patroni ?? timeline !== null)
  const timelines = data.map((host) => timelineOf(host) ?? 0)
  const newest = Math.max(0, ...timelines, ...(state.dcs.value?.history ?? []).map(({ timeline }) => timeline + 1))
  if (newest === 0) return null
  const leader = primaryOf(input)
  const head =
    state.hosts.find(({ name, timeline }) => name === leader && timeline === newest) ??
    data.find((host) => host.timeline === newest)
  const position = fresh(head?.postgres)?.lsn
  const tip = [`${newest}`, head ? `, ${head.name}` : '', position ? `: ${position}` : ''].join('')
  if (newest === 1) {
    return {
      trunk: position ? `timeline 1, ${head?.name}: ${position}` : 'timeline 1',
      branches: [],
      explain: 'One timeline: nobody has been promoted since the cluster was made.',
    }
  }
  const row = state.dcs.value?.history.findLast(({ timeline }) => timeline === newest - 1)
  const split = row?.at ? Date.parse(row.at) : Number.NaN
  const trunk = `${newest - 1} until ${Number.isFinite(split) ? momentText(split - zero) : row ? lsnText(row.lsn) : `${newest} began`}`
  const behind = data.flatMap((host) => {
    const timeline = timelineOf(host)
    return timeline !== null && timeline > 0 && timeline < newest ? [{ host, timeline }] : []
  })
  const branches: ForkBranch[] = behind.slice(0, 2).map(({ host, timeline }) => {
    const lsn = fresh(host.postgres)?.lsn
    return {
      timeline,
      words: `${timeline}, ${host.name}: ${lsn || 'end not known'}`,
      newest: false,
      open: !lsn,
    }
  })
  branches.push({ timeline: newest, words: tip, newest: true, open: false })
  const left = behind.map(({ host, timeline }) => `${host.name} is still on ${timeline}`).join(', ')
  return {
    trunk,
    branches,
    explain: `Every promotion begins a timeline. ${newest} is the newest${head ? `, on ${head.name}` : ''}${left ? `; ${left}` : '; every host follows it'}.`,
  }
}

/** A host that is gone does not say where it is; what it was is remembered in its note. */
function timelineOf({ timeline, note }: HostView): number | null {
  const was = /was .* on timeline (\d+)/.exec(note)?.[1]
  return timeline ?? (was ? Number(was) : null)
}

/** A position as PostgreSQL writes it, from the number that Patroni's history holds. */
export function lsnText(lsn: number): string {
  const high = Math.floor(lsn / 2 ** 32)
  return `${high.toString(16).toUpperCase()}/${(lsn % 2 ** 32).toString(16).toUpperCase()}`
}
