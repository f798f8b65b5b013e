import type { Chart, ChartName } from './chart-data.js'
import { factsAt, type Known } from './facts.js'
import { lastAt } from './sorted.js'
import { bytesText, lagText } from './words.js'

export const chartNames: readonly ChartName[] = ['writes', 'latency', 'lag', 'wal']
export const chartTitles: Record<ChartName, string> = {
  writes: 'client',
  latency: 'latency',
  lag: 'lag',
  wal: 'WAL',
}
export const chartAbout: Record<ChartName, string> = {
  writes: 'acknowledged writes per second',
  latency: 'longest wait of an acknowledged write',
  lag: 'bytes that a standby is behind the leader',
  wal: 'bytes of WAL per second, written or replayed',
}

export function figure(name: ChartName, value: number | null): string {
  if (value === null) return 'unknown'
  if (name === 'writes') return `${Math.round(value)}/s`
  if (name === 'latency') return lagText(value)
  return name === 'lag' ? bytesText(value) : `${bytesText(value)}/s`
}

/** A reading this old still stands for the moment. */
const freshMs = 3_000

/** The charts at one moment: what the gutter and the pointer say. Lag and WAL are those of the host that matters most. */
export function chartValuesAt(known: Known, t: number): Record<ChartName, number | null> {
  const { client, gauges } = known.tracks
  const sample = lastAt(gauges, t, (each) => each.t)
  const before = sample && lastAt(gauges, sample.t - 1, (each) => each.t)
  const isFresh = sample !== undefined && t - sample.t <= freshMs
  const lags = isFresh
    ? Object.values(sample.hosts).flatMap(({ lagBytes }) => (lagBytes === null ? [] : [lagBytes]))
    : []
  const rates =
    isFresh && before && sample.t - before.t <= freshMs
      ? Object.entries(sample.hosts).flatMap(([host, { walBytes }]) => {
          const then = before.hosts[host]?.walBytes
          return then === undefined || walBytes < then ? [] : [((walBytes - then) * 1000) / (sample.t - before.t)]
        })
      : []
  return {
    writes: factsAt({ ...known, hosts: [] }, t).writes,
    latency: client.count(t - 1_000, t).slowestMs,
    lag: lags.length > 0 ? Math.max(...lags) : null,
    wal: rates.length > 0 ? Math.max(...rates) : null,
  }
}

export interface ChartRow {
  name: ChartName
  least: number | null
  most: number | null
}

/** Each chart as figures of what is on screen, for the table. */
export const chartRows = (charts: readonly Chart[]): ChartRow[] =>
  charts.map(({ name, lines }) => {
    const values = lines.flatMap((line) => line.values.filter((value) => value !== null))
    const fold = (pick: (a: number, b: number) => number): number | null =>
      values.length === 0 ? null : values.reduce((a, b) => pick(a, b))
    return { name, least: fold(Math.min), most: fold(Math.max) }
  })

/** Share of the known time on screen in which writes came back, from 0 to 1; null where the probe did not run. */
export function availability({ tracks }: Pick<Known, 'tracks'>, from: number, to: number): number | null {
  const { known, silent } = tracks.client.count(from, to)
  return known === 0 ? null : 1 - silent / known
}
