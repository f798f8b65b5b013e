import type { HostRole } from '../../src-main/contract/cluster.js'
import type { EventKind, LabEvent } from '../../src-main/contract/record.js'
import type { RoleBand } from './tracks.js'
import { fitted, momentText, widthOf } from './words.js'

/** A stretch of a host's lane that looks the same all along. */
export interface BandSpan {
  host: string
  role: HostRole
  timeline: number | null
  /** What the host was doing at the stretch's end. */
  note: string
  from: number
  to: number
  /** Parts of it in which a standby received nothing. */
  detached: { from: number; to: number; words: string }[]
}

const standby: readonly HostRole[] = ['sync', 'replica']

/**
 * Bands of one host: records that differ in their note only are one band. A standby without an upstream is told by
 * the events of streaming, since its role does not change.
 * @param until end of the newest band: now, or the end of the recording
 */
export function bandSpans(
  host: string,
  bands: readonly RoleBand[],
  events: readonly LabEvent[],
  until: number,
): BandSpan[] {
  const spans: BandSpan[] = []
  const exact = bands.map((band) => ({ ...band, from: exactFrom(host, band, events) }))
  exact.forEach((band, index) => {
    const to = Math.min(exact[index + 1]?.from ?? until, until)
    if (to <= band.from) return
    const last = spans.at(-1)
    const { role, timeline, note } = band
    const goesOn = last?.role === role && (timeline === null || last.timeline === null || last.timeline === timeline)
    if (last && goesOn && last.to === band.from) {
      last.to = to
      last.note = note
      last.timeline ??= timeline
    } else spans.push({ host, role, timeline, note, from: band.from, to, detached: [] })
  })
  for (const span of spans) if (standby.includes(span.role)) span.detached = detachedIn(span, bands, events)
  return spans
}

const endOf: Partial<Record<HostRole, readonly EventKind[]>> = {
  down: ['host.crashed', 'host.stopped'],
  frozen: ['host.frozen'],
}
const concludedWithinMs = 5_000

/** The engine knows to the millisecond when a host went; the role was concluded a moment later. */
function exactFrom(host: string, { role, from }: RoleBand, events: readonly LabEvent[]): number {
  const kinds = endOf[role]
  const known =
    kinds && events.findLast((event) => event.t <= from && event.host === host && kinds.includes(event.kind))
  return known && from - known.t < concludedWithinMs ? known.t : from
}

function detachedIn(span: BandSpan, bands: readonly RoleBand[], events: readonly LabEvent[]): BandSpan['detached'] {
  const parts: BandSpan['detached'] = []
  let since: number | null = null
  const end = (at: number): void => {
    if (since === null) return
    const from = Math.max(since, span.from)
    const to = Math.min(at, span.to)
    if (to > from) parts.push({ from, to, words: wordsIn(bands, from, to) })
    since = null
  }
  for (const event of events) {
    if (event.host !== span.host) continue
    if (event.kind === 'replica.stopped') since ??= event.t
    if (event.kind === 'replica.streaming') end(event.t)
  }
  end(span.to)
  return parts
}

/** The last thing said about the host in that time, which says why nothing came. */
function wordsIn(bands: readonly RoleBand[], from: number, to: number): string {
  const said = bands.findLast((band) => band.from < to && /no upstream|not streaming/.test(band.note))
  return said && said.from >= from - 5_000 ? said.note.replace('; ', ', ') : 'no upstream'
}

export interface BandLabel {
  word: string
  rest: string
}

const roleWords: Record<HostRole, string> = {
  leader: 'leader',
  sync: 'sync standby',
  replica: 'replica',
  starting: 'starting',
  none: 'no role',
  down: 'host down',
  frozen: 'frozen',
  unknown: 'unknown',
}
const shortWords: Partial<Record<HostRole, string>> = { sync: 'sync', down: 'down', starting: 'starts', unknown: '?' }

/** Room beside the words, both sides together. */
const padding = 8

/**
 * What fits into a band: role and timeline, the same shorter, the role alone, nothing. The shape at the band's begin
 * is drawn from 12 px on, so that colour is never the only sign.
 */
export function bandLabel(
  span: Pick<BandSpan, 'role' | 'timeline' | 'from' | 'note'>,
  width: number,
  zero: number,
): BandLabel | null {
  // it holds the key, and PostgreSQL is still a standby on the old timeline
  const promotes = span.role === 'leader' && span.note.includes('promotes')
  const word = promotes ? 'promotes' : roleWords[span.role]
  const short = shortWords[span.role] ?? word
  const gone = span.role === 'down' || span.role === 'frozen'
  const since = `since ${momentText(span.from - zero)}`
  const { timeline } = span
  const rests = gone ? [since] : timeline === null || promotes ? [] : [`timeline ${timeline}`, `tl ${timeline}`]
  const options: BandLabel[] = [
    ...rests.map((rest) => ({ word, rest })),
    ...rests.slice(-1).map((rest) => ({ word: short, rest })),
    { word, rest: '' },
    { word: short, rest: '' },
  ]
  if (timeline === null && !gone && (span.role === 'starting' || span.role === 'none') && span.note) {
    const room = width - 3 * padding - widthOf(`${word} `)
    const rest = fitted(span.note, room)
    if (rest.length > 8) options.unshift({ word, rest })
  }
  return options.find((option) => labelWidth(option) + padding <= width) ?? null
}

export const labelWidth = ({ word, rest }: BandLabel): number => widthOf(rest ? `${word} ${rest}` : word)
