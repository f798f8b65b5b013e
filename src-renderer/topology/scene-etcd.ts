import type { ServiceName } from '../../src-main/contract/topology.js'
import { cutMembers, type LinkCut } from './scene-cuts.js'
import { agoText } from '../timeline/words.js'
import { hasVote, primaryOf, type SceneInput, type Tone } from './scene-base.js'

export interface QuorumView {
  /** "2 of 3", or "unknown" while no fresh answer is there. */
  count: string
  votes: { name: string; votes: boolean | null }[]
  /** Hosts whose Patroni asks, and has no member beside it. */
  asking: string[]
  /** Members that faults cut off from others, and how. */
  cuts: Map<string, LinkCut>
  holds: boolean | null
  words: string
  /** Said where the words have no room. */
  short: string
  tone: Tone
  explain: string
}

/** The etcd of another site: nobody here asks it, so that it has no count. */
export interface SiteEtcd {
  site: string
  members: string[]
  asking: string[]
  explain: string
}

export function siteEtcdOf({ info }: Pick<SceneInput, 'info'>): SiteEtcd[] {
  const sites = [...new Set(info.hosts.flatMap(({ site }) => site ?? []))]
  return sites.map((site) => {
    const members = having(info, 'etcd', site)
    const explain = `The ${site} site has an etcd of its own, on ${members.join(', ')}: it says who leads there, and knows nothing of the other site.`
    return { site, members, asking: having(info, 'patroni', site).filter((name) => !members.includes(name)), explain }
  })
}

const having = ({ hosts }: SceneInput['info'], service: ServiceName, site: string | undefined): string[] =>
  hosts.filter((host) => host.services.includes(service) && host.site === site).map(({ name }) => name)

/** Who votes, and what the next loss would mean. */
export function quorumOf(input: SceneInput): QuorumView | null {
  const { state, info, now } = input
  const names = having(info, 'etcd', undefined)
  if (names.length === 0) return null
  const asking = having(info, 'patroni', undefined).filter((name) => !names.includes(name))
  const cuts = cutMembers(state.faults, names, ['etcd'])
  const { value, stale, at } = state.etcd
  if (!value || stale) {
    const since = at === null ? 'not read yet' : `last read ${agoText(now - at)} ago`
    return {
      count: 'unknown',
      votes: names.map((name) => ({ name, votes: null })),
      asking,
      cuts,
      holds: null,
      words: since,
      short: '',
      tone: 'unk',
      explain: `Nobody can say who votes: etcd was ${since}.`,
    }
  }
  const votes = names.map((name) => ({
    name,
    votes: hasVote(value, name),
  }))
  // filled dots first, as a count is read
  votes.sort((a, b) => Number(b.votes) - Number(a.votes))
  const voting = votes.filter((each) => each.votes).length
  const majority = Math.floor(names.length / 2) + 1
  const count = `${voting} of ${names.length}`
  const cutWords = [...cuts].map(([name, cut]) => ` ${name}: ${cut.explain}`).join('')
  const explain = `etcd keeps the leader key. ${count} members vote; ${majority} must agree for anybody to hold or renew it.${cutWords}`
  if (!value.quorum) {
    return {
      count,
      votes,
      asking,
      cuts,
      holds: false,
      words: 'no quorum: nobody can renew',
      short: 'no quorum',
      tone: 'fault',
      explain,
    }
  }
  return {
    count,
    votes,
    asking,
    cuts,
    holds: true,
    words: nextLoss(input, voting - majority),
    short: voting > majority ? 'one may be lost' : 'none to lose',
    tone: 'ink2',
    explain,
  }
}

function nextLoss(input: SceneInput, spare: number): string {
  if (spare > 0) return spare === 1 ? 'one may be lost' : `${spare} may be lost`
  const leader = primaryOf(input)
  const leads = input.state.hosts.some(({ name, role }) => name === leader && role === 'leader')
  if (input.state.dcs.value?.config['failsafe_mode'] === true) return 'one more lost: failsafe mode'
  return leads ? `one more lost, ${leader} demotes` : 'one more lost, nobody leads'
}
