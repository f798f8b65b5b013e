import type { HostRole } from '../../src-main/contract/cluster.js'
import type { LabInfo } from '../../src-main/contract/lab.js'
import type { MetricSeries, MetricsView, MetricUnit } from '../../src-main/contract/metrics.js'
import { bytesText } from '../timeline/words.js'

export type MetricTone = 'ink' | 'leader' | 'sync' | 'repl' | 'etcd'
export type MetricLine = MetricSeries['lines'][number]

const few = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)))

/** A figure with its unit: "3.4/s", "12 kB", "1.2 ms"; "not known" where there is none. */
export function figureText(unit: MetricUnit, value: number | null | undefined): string {
  if (value === null || value === undefined) return 'not known'
  if (unit === 'count') return String(Math.round(value))
  if (unit === 'perSecond') return `${few(value)}/s`
  if (unit === 'seconds') return value < 1 ? `${few(value * 1000)} ms` : `${few(value)} s`
  return unit === 'bytes' ? bytesText(value) : `${bytesText(value)}/s`
}

/** Below this a scale does not shrink: noise would look like news. */
const leastTop: Record<MetricUnit, number> = {
  count: 10,
  perSecond: 10,
  bytes: 64 * 1024,
  bytesPerSecond: 16 * 1024,
  seconds: 0.01,
}

/** The top of a chart's scale: the next of 1, 2, 5 times a power of ten, in the unit that it is written in. */
export function topOf({ unit, lines }: Pick<MetricSeries, 'unit' | 'lines'>): number {
  const most = lines.reduce(
    (top, { values }) => values.reduce<number>((t, v) => Math.max(t, v ?? 0), top),
    leastTop[unit],
  )
  const isBytes = unit === 'bytes' || unit === 'bytesPerSecond'
  const step = isBytes ? 1024 ** Math.floor(Math.log(most) / Math.log(1024)) : 1
  const power = 10 ** Math.floor(Math.log10(most / step))
  return step * power * ([1, 2, 5, 10].find((factor) => factor * power * step >= most * 0.999) ?? 10)
}

export const nameOf = ({ host, part }: MetricLine): string => (part ? `${host} ${part}` : host)

const toneOfRole: Partial<Record<HostRole, MetricTone>> = { leader: 'leader', sync: 'sync', replica: 'repl' }

/** Colour says what a host is now: its role, or that it votes. */
export function toneOf(host: string, info: LabInfo, roles: ReadonlyMap<string, HostRole>): MetricTone {
  const services = info.hosts.find(({ name }) => name === host)?.services ?? []
  if (services.includes('patroni')) return toneOfRole[roles.get(host) ?? 'none'] ?? 'ink'
  return services.includes('etcd') ? 'etcd' : 'ink'
}

const leastSpanMs = 2 * 60_000

/** Where charts begin, all at the same time: with the first figure that there is, so that a young lab's lines have room. */
export function beginOf({ times, charts }: Pick<MetricsView, 'times' | 'charts'>): number {
  const first = times.findIndex((_, at) => charts.some(({ lines }) => lines.some(({ values }) => values[at] !== null)))
  return Math.max(times[0] ?? 0, Math.min(times[first] ?? Infinity, (times.at(-1) ?? 0) - leastSpanMs))
}

/** Of a line: what it is now, and its least and most. */
export function spanOf({ values }: MetricLine): { now: number | null; least: number | null; most: number | null } {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return { now: null, least: null, most: null }
  return { now: values.at(-1) ?? null, least: Math.min(...known), most: Math.max(...known) }
}
