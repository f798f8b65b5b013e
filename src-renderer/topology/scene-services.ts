import type { HostView } from '../../src-main/contract/cluster.js'
import type { LabHost } from '../../src-main/contract/lab.js'
import { agoText } from '../timeline/words.js'
import { etcdFact } from './scene-data.js'
import { repositoryPart } from '../../src-main/contract/repository.js'
import { awaitsStanza, fresh, type Fact, type SceneInput, type Tone } from './scene-base.js'

/** A host beside the cluster: what runs there, and where it listens. */
export const otherFacts = ({ services }: LabHost): Fact[] =>
  services.includes('prometheus')
    ? [{ text: 'Prometheus', tone: 'ink2', value: ':9090', valueTone: 'ink2' }]
    : [{ text: services.join(', '), tone: 'ink2' }]

/** The pool: it asks nobody who may be written to, and leaves that to the proxies. */
function poolFacts({ info }: SceneInput): Fact[] {
  const proxies = info.hosts.filter(({ services }) => services.includes('haproxy')).map(({ name }) => name)
  const through: Fact[] =
    proxies.length > 0
      ? [{ text: `through ${proxies.join(', ')}`, short: `through ${proxies.length} proxies`, tone: 'ink3' }]
      : []
  return [{ text: 'PgBouncer', tone: 'ink2', value: ':6432', valueTone: 'ink2' }, ...through]
}

/** A route: what its health checks say about each data host. */
export function routeFacts(input: SceneInput, host: LabHost): Fact[] {
  if (!host.services.includes('haproxy')) return poolFacts(input)
  const { state, info, now, recorded } = input
  const { readWrite, readOnly } = info.spec.client
  const port =
    readWrite.host === host.name ? `:${readWrite.port}` : readOnly?.host === host.name ? `:${readOnly.port}` : ''
  const facts: Fact[] = [{ text: 'HAProxy', tone: 'ink2', value: port, valueTone: 'ink2' }]
  const { value, stale, at } = state.proxy
  if (!value) {
    facts.push({ text: recorded ? 'checks not recorded' : 'not read yet', tone: 'ink3' })
    return facts
  }
  for (const { host: backend, write, check } of value) {
    const { words, tone } = checkWords(check, write)
    facts.push({ text: backend, tone: stale ? 'ink3' : 'ink', value: words, valueTone: stale ? 'ink3' : tone })
  }
  if (stale) facts.push({ text: `as of ${at === null ? 'an unknown time' : `${agoText(now - at)} ago`}`, tone: 'unk' })
  return facts
}

/** HAProxy's answer to `OPTIONS /primary`: 200 takes writes, 503 is a healthy standby, anything else is no answer. */
export function checkWords(check: string, write: boolean): { words: string; tone: Tone } {
  const code = /\b([1-5]\d\d)\b/.exec(check)?.[1]
  if (code) return { words: `/primary ${code}`, tone: write ? 'ink' : code === '503' ? 'ink3' : 'fault' }
  // it answered, with a code that is not known while the next check is under way
  if (check === 'L7STS') return { words: '/primary', tone: 'ink3' }
  return { words: write ? '/primary' : 'no answer', tone: write ? 'ink' : 'fault' }
}

export function voteFacts(input: SceneInput, view: HostView): Fact[] {
  const etcd = etcdFact(input, view.name)
  const voteless = etcd.some(({ tone }) => tone === 'fault')
  const facts: Fact[] = [
    voteless
      ? { text: 'etcd: no vote now, no data', short: 'no vote, no data', tone: 'ink2' }
      : { text: 'etcd: votes, holds no data', short: 'votes, no data', tone: 'ink2' },
    ...etcd,
  ]
  if (view.role === 'starting') facts.unshift({ text: view.note, tone: 'ink' })
  return facts
}

const typeWords: Record<string, string> = { full: 'full', diff: 'differential', incr: 'incremental' }

/** The repository: the newest full backup and how far the WAL has come. */
export function backupFacts(input: SceneInput, view: HostView): Fact[] {
  const { state, now, recorded } = input
  const { value, stale, at } = repositoryPart(state, view.name)
  if (view.role === 'starting') return [{ text: view.note || 'services start', tone: 'ink' }]
  if (!value) return recorded ? [] : [{ text: 'not read yet', tone: 'ink3' }]
  const facts: Fact[] = []
  const last = value.backups.filter(({ type }) => type === 'full').at(-1) ?? value.backups.at(-1)
  const type = last ? (typeWords[last.type] ?? last.type) : ''
  const taken = last ? `${agoText(now - last.stoppedAt)} ago` : ''
  facts.push(
    last
      ? { text: `${type} backup ${taken}`, short: `${type} ${taken}`, tone: 'ink2' }
      : { text: 'no backup yet', tone: 'ink' },
  )
  const wal = storedWords(
    state.hosts.map((host) => fresh(host.postgres)?.archiver?.lastArchived ?? null),
    value.archiveMax,
  )
  if (awaitsStanza(input, value)) facts.push({ text: 'stanza not made yet', tone: 'ink3' })
  else if (!value.stanzaOk) facts.push({ text: value.message, tone: 'fault' })
  else if (wal) facts.push({ text: `${wal} stored`, short: wal, tone: 'ink3' })
  if (stale) facts.push({ text: `as of ${at === null ? 'an unknown time' : `${agoText(now - at)} ago`}`, tone: 'unk' })
  return facts
}

/** A history file is news; otherwise the newest segment, without its timeline's zeros. */
function storedWords(archived: (string | null)[], newest: string | null): string | null {
  const history = archived.find((name) => name?.endsWith('.history'))
  if (history) return history
  return newest ? `WAL ${shortWal(newest)}` : null
}

/** "000000020000000000000005" as "2/05": timeline, and the segment in hexadecimal. */
export function shortWal(name: string): string {
  const match = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})/.exec(name)
  if (!match) return name
  const high = Number.parseInt(match[2]!, 16)
  const low = match[3]!.slice(-2)
  return `${Number.parseInt(match[1]!, 16)}/${high > 0 ? high.toString(16).toUpperCase() : ''}${low}`
}
