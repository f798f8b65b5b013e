import type { HostRole } from '../../src-main/contract/cluster.js'
import type { TimeScale } from './scale.js'
import { firstAfter, lastAt } from './sorted.js'
import type { GaugeSample, Tracks } from './tracks.js'

export type ChartName = 'writes' | 'latency' | 'lag' | 'wal'
export type ChartTone = 'ink' | 'leader' | 'sync' | 'repl'

export interface ChartLine {
  /** Null: the client's, which belongs to no host. */
  host: string | null
  tone: ChartTone
  values: (number | null)[]
}

/** What one chart draws: lines over the same moments, in epoch ms; null where nothing is known. */
export interface Chart {
  name: ChartName
  /** Writes per second, ms, bytes behind, bytes per second. */
  times: number[]
  lines: ChartLine[]
  /** The top of the scale; latency is drawn by orders of magnitude, from 1 ms. */
  top: number
}

interface Wanted {
  tracks: Tracks
  hosts: readonly string[]
  scale: TimeScale
  now: number
}

/** Narrower than this, neighbours would be drawn on the same pixels. */
const leastPx = 2

export function chartsOf(wanted: Wanted): Chart[] {
  return [writesChart(wanted), latencyChart(wanted), ...gaugeCharts(wanted)]
}

function bins({ scale, now, tracks }: Wanted, leastMs: number): { times: number[]; step: number } {
  const step = Math.max(leastMs, Math.ceil((leastPx * 1000) / scale.pps / 100) * 100)
  const until = Math.min(scale.to, now, tracks.client.end ?? 0)
  const times: number[] = []
  for (let t = Math.floor(scale.from / step) * step; t < until; t += step) times.push(t)
  return { times, step }
}

function writesChart(wanted: Wanted): Chart {
  const { client } = wanted.tracks
  const { times, step } = bins(wanted, 500)
  const values = times.map((t) => {
    const { acked, known } = client.count(t, t + step)
    return known === 0 ? null : (acked * 10) / known
  })
  return { name: 'writes', times, lines: [{ host: null, tone: 'ink', values }], top: topOf(values, 10) }
}

function latencyChart(wanted: Wanted): Chart {
  const { times, step } = bins(wanted, 100)
  const values = times.map((t) => wanted.tracks.client.count(t, t + step).slowestMs)
  const most = values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0)
  const top = 10 ** Math.max(2, Math.ceil(Math.log10(Math.max(1, most))))
  return { name: 'latency', times, lines: [{ host: null, tone: 'ink', values }], top }
}

const timeOf = (sample: GaugeSample): number => sample.t
/** Samples further apart say nothing about the time between them. */
const gapMs = 3_500

/** Samples on screen and one on either side, so that lines reach the edges; the last one of every two pixels. */
function samplesIn({ tracks: { gauges }, scale }: Wanted): { samples: GaugeSample[]; step: number } {
  const step = (leastPx * 1000) / scale.pps
  const first = Math.max(0, firstAfter(gauges, scale.from, timeOf) - 2)
  const shown = gauges.slice(first, firstAfter(gauges, scale.to, timeOf) + 1)
  const bin = ({ t }: GaugeSample): number => Math.floor(t / step)
  return {
    samples: shown.filter((sample, index) => bin(sample) !== bin(shown[index + 1] ?? { ...sample, t: Infinity })),
    step,
  }
}

function gaugeCharts(wanted: Wanted): Chart[] {
  const { samples, step } = samplesIn(wanted)
  const lag = linesOf(wanted, samples, step, (sample, _, host) => sample.hosts[host]?.lagBytes ?? null)
  const wal = linesOf(wanted, samples, step, rateOf)
  const values = (lines: ChartLine[]) => lines.flatMap((line) => line.values)
  return [
    { name: 'lag', ...lag, top: bytesTopOf(values(lag.lines)) },
    { name: 'wal', ...wal, top: bytesTopOf(values(wal.lines)) },
  ]
}

/** Bytes per second since the sample before; a position that went back was rewound, and is no rate. */
function rateOf(sample: GaugeSample, before: GaugeSample | undefined, host: string): number | null {
  const [now, then] = [sample.hosts[host]?.walBytes, before?.hosts[host]?.walBytes]
  if (!before || now === undefined || then === undefined || now < then) return null
  return ((now - then) * 1000) / (sample.t - before.t)
}

const toneOf: Partial<Record<HostRole, ChartTone>> = { leader: 'leader', sync: 'sync', replica: 'repl' }

function roleToneAt({ tracks }: Wanted, host: string, t: number): ChartTone {
  const band = lastAt(tracks.roles.get(host) ?? [], t, (each) => each.from)
  return (band && toneOf[band.role]) ?? 'ink'
}

/** One line per host and role: colour tells what the host was at that time. Lines meet where a role changes. */
function linesOf(
  wanted: Wanted,
  samples: readonly GaugeSample[],
  step: number,
  valueOf: (sample: GaugeSample, before: GaugeSample | undefined, host: string) => number | null,
): Pick<Chart, 'times' | 'lines'> {
  const points: (number | null)[] = samples.flatMap(({ t }, index) => {
    const before = samples[index - 1]
    return before && t - before.t > Math.max(gapMs, step * 2) ? [null, index] : [index]
  })
  const times = points.map((index, at) =>
    index === null ? (samples[points[at + 1]!]!.t + samples[points[at - 1]!]!.t) / 2 : samples[index]!.t,
  )
  const lines = wanted.hosts.flatMap((host) => {
    const values = points.map((index) => (index === null ? null : valueOf(samples[index]!, samples[index - 1], host)))
    const tones = times.map((t) => roleToneAt(wanted, host, t))
    return [...new Set(tones)].map((tone): ChartLine => ({
      host,
      tone,
      values: values.map((value, at) => (tones[at] === tone || tones[at - 1] === tone ? value : null)),
    }))
  })
  return { times, lines: lines.filter(({ values }) => values.some((value) => value !== null)) }
}

/** The next of 1, 2, 5 times a power of ten, times the unit. */
function topOf(values: readonly (number | null)[], least: number, unit = 1): number {
  const most = values.reduce<number>((top, value) => Math.max(top, value ?? 0), least) / unit
  const power = 10 ** Math.floor(Math.log10(most))
  return unit * power * ([1, 2, 5, 10].find((factor) => factor * power >= most) ?? 10)
}

/** Round in the unit that it is written in: kB below a MB, then MB. */
function bytesTopOf(values: readonly (number | null)[]): number {
  const inKb = topOf(values, 16 * 1024, 1024)
  return inKb < 1024 ** 2 ? inKb : topOf(values, 1024 ** 2, 1024 ** 2)
}
