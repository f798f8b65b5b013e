import type { LabHost } from '../../src-main/contract/lab.js'
import { repositoryPart } from '../../src-main/contract/repository.js'
import { kindOf } from './places.js'
import { awaitsStanza, fresh, isAway, primaryOf, siteOf, viewOf, type SceneInput, type Tone } from './scene-base.js'
import { cutOf, type LinkCut } from './scene-cuts.js'
import { checkWords } from './scene-services.js'
import { streamLinks } from './scene-streams.js'

export type LinkState =
  /** Something passes now. */
  | 'flows'
  /** It is there, and nothing passes. */
  | 'ready'
  /** It is there and falls behind. */
  | 'stalled'
  /** Nothing can pass; words say why. */
  | 'cut'

export interface LinkView {
  /** entry: another way in than the one that writes take. */
  kind: 'client' | 'entry' | 'route' | 'stream' | 'archive'
  from: string
  to: string
  state: LinkState
  tone: Tone
  words: string
  /** Said where the words have no room. */
  short?: string
  why: string
  /** What faults keep back on it; null where nothing is kept back. */
  cut: LinkCut | null
  explain: string
}

export function linksOf(input: SceneInput): LinkView[] {
  return [
    ...clientLinks(input),
    ...entryLinks(input),
    ...routeLinks(input),
    ...poolLinks(input),
    ...streamLinks(input),
    ...archiveLinks(input),
  ]
}

const writesNow = ({ state }: SceneInput): boolean => state.probe?.running === true && state.probe.writesPerSecond > 0.5

/**
 * Without a proxy clients try every data host, and stay with the one that takes writes. Of several sites the one that
 * writes go to is drawn: the others' hosts are known to clients too, and would be lines across everything.
 */
function directLinks(input: SceneInput): LinkView[] {
  const { state, info } = input
  const primary = primaryOf(input)
  const flows = writesNow(input)
  const site = siteOf(input, primary)
  return info.hosts
    .filter((host) => host.services.includes('patroni') && host.site === site)
    .map(({ name }): LinkView => {
      const down = isAway(viewOf(state, name))
      const takes = name === primary
      const link: LinkState = down ? 'cut' : takes && flows ? 'flows' : 'ready'
      const explain = down
        ? `Clients get no answer from ${name}, and try the next data host.`
        : takes
          ? `${name} takes writes, so clients stay with it.`
          : `Clients know ${name}; it takes no writes, so they go on to the next data host.`
      const tone: Tone = down ? 'fault' : takes ? 'ink' : 'ink3'
      return { kind: 'client', from: 'client', to: name, state: link, tone, words: '', why: '', cut: null, explain }
    })
}

function clientLinks(input: SceneInput): LinkView[] {
  if (input.info.client.readWrite.others) return directLinks(input)
  const { host } = input.info.spec.client.readWrite
  const down = isAway(viewOf(input.state, host))
  const flows = writesNow(input)
  const state: LinkState = down ? 'cut' : flows ? 'flows' : 'ready'
  const explain = flows
    ? `Writes go to ${host}; each bar stands for some that were acknowledged.`
    : `The client's connections end at ${host}. No write is acknowledged now.`
  return [
    {
      kind: 'client',
      from: 'client',
      to: host,
      state,
      tone: down ? 'fault' : 'ink',
      words: '',
      why: '',
      cut: null,
      explain,
    },
  ]
}

/** What else clients may come by: the read-only route, and a pool. */
function entryLinks({ info, state }: SceneInput): LinkView[] {
  const { readWrite, readOnly } = info.spec.client
  return info.hosts.flatMap(({ name, services }): LinkView[] => {
    const reads = readOnly?.host === name
    if (name === readWrite.host || (!reads && !services.includes('pgbouncer'))) return []
    const down = isAway(viewOf(state, name))
    const what = reads ? `Reads may go by ${name}:${readOnly.port}` : `Clients may come by the pool ${name} instead`
    return [
      {
        kind: 'entry',
        from: 'client',
        to: name,
        state: down ? 'cut' : 'ready',
        tone: down ? 'fault' : 'ink3',
        words: '',
        why: '',
        cut: null,
        explain: `${what}${down ? '; it is down now' : ''}.`,
      },
    ]
  })
}

/** A pool asks nobody who leads: it leaves that to the proxies. */
function poolLinks({ info, state }: SceneInput): LinkView[] {
  const pools = info.hosts.filter(({ services }) => services.includes('pgbouncer') && !services.includes('haproxy'))
  const proxies = info.hosts.filter(({ services }) => services.includes('haproxy'))
  return pools.flatMap((pool) =>
    proxies.map((proxy): LinkView => {
      const held = cutOf(state.faults, pool.name, proxy.name, ['haproxy'])
      const cut = held !== null || isAway(viewOf(state, proxy.name)) || isAway(viewOf(state, pool.name))
      return {
        kind: 'route',
        from: pool.name,
        to: proxy.name,
        state: cut ? 'cut' : 'ready',
        tone: cut ? 'fault' : 'ink3',
        words: '',
        why: '',
        cut: held,
        explain:
          held?.explain ??
          `${pool.name} keeps connections through ${proxy.name}${cut ? '; not now: a host is down' : ''}.`,
      }
    }),
  )
}

/** A route needs both: the health check, and the connection itself. */
const routed = ['patroni', 'postgres']

/** Each proxy asks every data host, whether or not a client comes by it. */
function routeLinks(input: SceneInput): LinkView[] {
  const { info, state } = input
  const main = info.spec.client.readWrite.host
  const isMain = ({ name, services }: LabHost): boolean => name === main && kindOf(services) === 'route'
  return info.hosts.flatMap((host) => {
    if (isMain(host)) return backendLinks(input, host.name, true)
    // of several proxies the first one tells what its checks say; what the others are told has to be the same
    const another = host.services.includes('haproxy') && !isAway(viewOf(state, host.name))
    return another ? backendLinks(input, host.name, false) : []
  })
}

function backendLinks(input: SceneInput, route: string, isMain: boolean): LinkView[] {
  const { state, info } = input
  const flows = isMain && writesNow(input)
  const primary = primaryOf(input)
  const checks = isMain ? state.proxy.value : null
  return info.hosts
    .filter(({ services }) => services.includes('patroni'))
    .map(({ name }): LinkView => {
      const backend = checks?.find((each) => each.host === name)
      const silent = backend ? checkWords(backend.check, backend.write).words === 'no answer' && !backend.read : false
      const held = cutOf(state.faults, route, name, routed)
      const cut = isAway(viewOf(state, name)) || silent || held !== null
      const takes = backend ? backend.write : !checks && name === primary
      const link: LinkState = cut ? 'cut' : takes && flows ? 'flows' : 'ready'
      const explain = held
        ? held.explain
        : cut
          ? `${route} gets no answer from Patroni on ${name}, and sends nobody there.`
          : takes
            ? `Patroni on ${name} says that it is primary, so ${route} sends writes there.`
            : `${route} asks Patroni on ${name}; it is not primary, so no writes go there.`
      return {
        kind: 'route',
        from: route,
        to: name,
        state: link,
        tone: cut ? 'fault' : takes && isMain ? 'ink' : 'ink3',
        words: '',
        why: '',
        cut: held,
        explain,
      }
    })
}

/** The primary archives to every repository. */
function archiveLinks(input: SceneInput): LinkView[] {
  const { state, info } = input
  const primary = primaryOf({ state })
  // without a leader nobody archives, and that is not the archive's fault
  if (!primary || isAway(viewOf(state, primary))) return []
  const repositories = info.hosts.filter(({ services }) => kindOf(services) === 'backup')
  return repositories.map(({ name }) => archiveLink(input, primary, name))
}

function archiveLink(input: SceneInput, primary: string, repository: string): LinkView {
  const { state } = input
  const away = isAway(viewOf(state, repository))
  const held = cutOf(state.faults, primary, repository, ['pgbackrest'])
  const reading = fresh(repositoryPart(state, repository))
  const broken = reading !== null && !reading.stanzaOk && !awaitsStanza(input, reading)
  const why = held ? held.words : away ? `${repository} is down` : broken ? reading.message : ''
  const cut = held !== null || away || broken
  return {
    kind: 'archive',
    from: primary,
    to: repository,
    state: cut ? 'cut' : 'ready',
    tone: cut ? 'fault' : 'ink3',
    words: held ? 'archive cut' : 'WAL archive',
    short: held ? 'cut' : 'WAL',
    why,
    cut: held,
    explain: `${primary} archives every finished WAL segment to ${repository}${why ? `; not now: ${why}` : ''}.${
      held ? ` ${held.explain}` : ''
    }`,
  }
}
