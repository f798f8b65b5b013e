import type { HostView, PostgresReading } from '../../src-main/contract/cluster.js'
import type { LabHost } from '../../src-main/contract/lab.js'
import { bytesText, lagText } from '../timeline/words.js'
import { fresh, isAway, primaryOf, roleTone, siteOf, viewOf, type SceneInput, type Tone } from './scene-base.js'
import { cutOf, type LinkCut } from './scene-cuts.js'
import type { LinkState, LinkView } from './scene-links.js'

/** Behind by this much, a stream is called stalled: the synchronous wait would be felt by every client. */
const stalledMs = 2_000

/** Who streams to whom: from the primary, and in another site from the one host there that follows it. */
export function streamLinks(input: SceneInput): LinkView[] {
  const primary = primaryOf(input)
  if (!primary) return []
  return input.info.hosts
    .filter(({ services, name }) => services.includes('patroni') && name !== primary)
    .flatMap((host) => {
      const from = senderOf(input, host, primary)
      return from === null ? [] : [streamLink(input, from, host.name)]
    })
}

/** Null: in another site than the primary's, a host that does not say whom it follows is not waited for by anybody. */
function senderOf(input: SceneInput, { name, site }: LabHost, primary: string): string | null {
  if (site === siteOf(input, primary)) return primary
  const { info, state } = input
  const told = (host: string): string | undefined => {
    const sender = fresh(viewOf(state, host)?.postgres)?.walReceiver?.senderHost
    return info.hosts.find((each) => each.name === sender)?.name
  }
  const mates = info.hosts.filter((host) => host.site === site && host.services.includes('patroni'))
  const isFirst = mates[0]?.name === name
  return told(name) ?? (isFirst && !mates.some((host) => told(host.name) === primary) ? primary : null)
}

function streamLink(input: SceneInput, from: string, name: string): LinkView {
  const { state } = input
  const view = viewOf(state, name)
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
  const why = whyCut(source, view, name, from === primaryOf(input))
  return {
    ...base,
    state: 'cut',
    tone: view && !isAway(view) && view.role !== 'starting' ? roleTone[view.role] : 'repl',
    words: isAway(source) ? `nothing arrives from ${from}` : `no replication to ${name}`,
    short: 'no replication',
    why,
    explain: `No WAL goes from ${from} to ${name}: ${why}.`,
  }
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

function whyCut(
  source: HostView | undefined,
  standby: HostView | undefined,
  name: string,
  fromPrimary: boolean,
): string {
  if (isAway(source)) return source?.role === 'frozen' ? `${source.name} is frozen` : `${source?.name}’s host is down`
  if (isAway(standby)) return standby?.role === 'frozen' ? `${name} is frozen` : `${name}’s host is down`
  if (standby?.role === 'starting') return `${name} is starting`
  if (fromPrimary && source?.role !== 'leader') return 'nobody leads'
  return standby?.note ? standby.note : `${name} does not ask for WAL`
}
