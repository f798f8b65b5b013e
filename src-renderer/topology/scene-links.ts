import type { ClusterState, HostView, PostgresReading } from '../../src-main/contract/cluster.js'
import { bytesText, lagText } from '../timeline/words.js'
import { kindOf } from './layout.js'
import { cutOf, type LinkCut } from './scene-cuts.js'
import { fresh, primaryOf, repositoryPart, roleTone, type SceneInput, type Tone } from './scene-base.js'
import { checkWords } from './scene-services.js'

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
  kind: 'client' | 'route' | 'stream' | 'archive'
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
  return [...clientLinks(input), ...routeLinks(input), ...streamLinks(input), ...archiveLinks(input)]
}

const viewOf = (state: ClusterState, name: string): HostView | undefined =>
  state.hosts.find((host) => host.name === name)
const isAway = (view: HostView | undefined): boolean => view?.role === 'down' || view?.role === 'frozen'
const writesNow = ({ state }: SceneInput): boolean => state.probe?.running === true && state.probe.writesPerSecond > 0.5

/** Without a proxy clients try every data host, and stay with the one that takes writes. */
function directLinks(input: SceneInput): LinkView[] {
  const { state, info } = input
  const primary = primaryOf(input)
  const flows = writesNow(input)
  return info.hosts
    .filter(({ services }) => services.includes('patroni'))
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

/** A route needs both: the health check, and the connection itself. */
const routed = ['patroni', 'postgres']

function routeLinks(input: SceneInput): LinkView[] {
  const { state, info } = input
  const route = info.hosts.find(({ name }) => name === info.spec.client.readWrite.host)
  if (!route || kindOf(route.services) !== 'route') return []
  const flows = writesNow(input)
  const primary = primaryOf(input)
  const checks = state.proxy.value
  return info.hosts
    .filter(({ services }) => services.includes('patroni'))
    .map(({ name }): LinkView => {
      const backend = checks?.find((each) => each.host === name)
      const silent = backend ? checkWords(backend.check, backend.write).words === 'no answer' && !backend.read : false
      const held = cutOf(state.faults, route.name, name, routed)
      const cut = isAway(viewOf(state, name)) || silent || held !== null
      const takes = backend ? backend.write : !checks && name === primary
      const link: LinkState = cut ? 'cut' : takes && flows ? 'flows' : 'ready'
      const explain = held
        ? held.explain
        : cut
          ? `${route.name} gets no answer from Patroni on ${name}, and sends nobody there.`
          : takes
            ? `Patroni on ${name} says that it is primary, so ${route.name} sends writes there.`
            : `${route.name} asks Patroni on ${name}; it is not primary, so no writes go there.`
      return {
        kind: 'route',
        from: route.name,
        to: name,
        state: link,
        tone: cut ? 'fault' : takes ? 'ink' : 'ink3',
        words: '',
        why: '',
        cut: held,
        explain,
      }
    })
}

/** Behind by this much, a stream is called stalled: the synchronous wait would be felt by every client. */
const stalledMs = 2_000

function streamLinks(input: SceneInput): LinkView[] {
  const { state, info } = input
  const primary = primaryOf(input)
  if (!primary) return []
  return info.hosts
    .filter(({ services, name }) => services.includes('patroni') && name !== primary)
    .map(({ name, site }): LinkView => {
      const view = viewOf(state, name)
      // in another site all but its leader stream from that
      const sender = site === undefined ? null : fresh(view?.postgres)?.walReceiver?.senderHost
      const from = info.hosts.find((host) => host.name === sender)?.name ?? primary
      const source = viewOf(state, from)
      const rows = fresh(source?.postgres)?.replication ?? []
      const row = rows.find(({ applicationName }) => applicationName === name)
      const cut = cutOf(state.faults, from, name, ['postgres'])
      const base = { kind: 'stream' as const, from, to: name, cut }
      if (cut && !isAway(view) && !isAway(source)) return cutStream({ ...base, cut }, row)
      if (row && !isAway(view) && !isAway(source)) {
        const sync = row.syncState === 'sync' || row.syncState === 'quorum'
        const tone: Tone = sync ? 'sync' : 'repl'
        const lag = lagWords(row.lagBytes, row.lagMs)
        const behind = (row.lagMs ?? 0) > stalledMs && (row.lagBytes ?? 0) > 0
        const mode = sync ? 'synchronous' : 'asynchronous'
        const state: LinkState = behind ? 'stalled' : row.state === 'streaming' ? 'flows' : 'ready'
        const why =
          row.state === 'streaming' ? (behind ? `${mode}, falls behind` : mode) : `${row.state}, not streaming yet`
        const explain = `${from} streams WAL to ${name}, ${mode}${lag ? `, ${lag} behind` : ''}. ${
          sync ? 'A commit waits until it is safe there too.' : 'Commits do not wait for it.'
        }`
        return {
          ...base,
          state,
          tone,
          words: lag ? `lag ${lag}` : `streams to ${name}`,
          short: lag ? bytesText(row.lagBytes ?? 0) : '',
          why,
          explain,
        }
      }
      const why = whyCut(source, view, name, from)
      return {
        ...base,
        state: 'cut',
        tone: view && !isAway(view) && view.role !== 'starting' ? roleTone[view.role] : 'repl',
        words: isAway(source) ? `nothing arrives from ${from}` : `no replication to ${name}`,
        short: 'no replication',
        why,
        explain: `No WAL goes from ${from} to ${name}: ${why}.`,
      }
    })
}

type Row = PostgresReading['replication'][number]

/** The sender does not notice at once: until its timeout it still lists the standby, whose lag grows. */
function cutStream(base: Pick<LinkView, 'kind' | 'from' | 'to'> & { cut: LinkCut }, row: Row | undefined): LinkView {
  const { cut } = base
  const lag = row ? lagWords(row.lagBytes, row.lagMs) : ''
  return {
    ...base,
    state: 'cut',
    tone: 'fault',
    words: `no replication to ${base.to}`,
    short: 'no replication',
    why: `${cut.words}${lag ? `; ${lag} behind` : ''}`,
    explain: `${cut.explain} No WAL gets from ${base.from} to ${base.to}${lag ? `, which is ${lag} behind` : ''}.`,
  }
}

function lagWords(bytes: number | null, ms: number | null): string {
  const parts = [bytes === null ? null : bytesText(bytes), ms === null ? null : lagText(ms)].filter(
    (each) => each !== null,
  )
  return parts.join(', ')
}

function whyCut(source: HostView | undefined, standby: HostView | undefined, name: string, primary: string): string {
  if (isAway(source)) return source?.role === 'frozen' ? `${primary} is frozen` : `${primary}’s host is down`
  if (isAway(standby)) return standby?.role === 'frozen' ? `${name} is frozen` : `${name}’s host is down`
  if (standby?.role === 'starting') return `${name} is starting`
  if (source?.role !== 'leader') return 'nobody leads'
  return standby?.note ? standby.note : `${name} does not ask for WAL`
}

function archiveLinks(input: SceneInput): LinkView[] {
  const { state, info } = input
  const primary = primaryOf(input)
  // without a leader nobody archives, and that is not the archive's fault
  if (!primary || isAway(viewOf(state, primary))) return []
  const repositories = info.hosts.filter(({ services }) => kindOf(services) === 'backup')
  return repositories.map(({ name }) => archiveLink(state, primary, name))
}

function archiveLink(state: ClusterState, primary: string, repository: string): LinkView {
  const target = viewOf(state, repository)
  const held = cutOf(state.faults, primary, repository, ['pgbackrest'])
  const cut = isAway(target) || held !== null
  const reading = fresh(repositoryPart(state, repository))
  const broken = reading !== null && !reading.stanzaOk
  const why = held ? held.words : isAway(target) ? `${repository} is down` : broken ? reading.message : ''
  return {
    kind: 'archive',
    from: primary,
    to: repository,
    state: cut || broken ? 'cut' : 'ready',
    tone: cut || broken ? 'fault' : 'ink3',
    words: held ? 'archive cut' : 'WAL archive',
    short: held ? 'cut' : 'WAL',
    why,
    cut: held,
    explain: `${primary} archives every finished WAL segment to ${repository}${why ? `; not now: ${why}` : ''}.${
      held ? ` ${held.explain}` : ''
    }`,
  }
}
