/** What of the time is on screen: [from, to] in epoch ms over `width` pixels that begin at `left`. */
export interface TimeScale {
  from: number
  to: number
  left: number
  width: number
  /** Pixels per second. */
  pps: number
}

export function timeScale(from: number, to: number, left: number, width: number): TimeScale {
  return { from, to, left, width, pps: (width * 1000) / Math.max(1, to - from) }
}

export const xOf = (scale: TimeScale, t: number): number => scale.left + ((t - scale.from) * scale.pps) / 1000
export const timeAt = (scale: TimeScale, x: number): number => scale.from + ((x - scale.left) * 1000) / scale.pps

/** On the half pixel, where a line of one pixel is sharp. */
export const crisp = (x: number): number => Math.floor(x) + 0.5

const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200]
const minors: Record<number, number> = {
  0.1: 0.1,
  0.2: 0.1,
  0.5: 0.1,
  15: 5,
  30: 10,
  900: 300,
  1800: 600,
  3600: 900,
  7200: 3600,
}

export interface Grid {
  /** Seconds between labelled lines. */
  step: number
  major: number[]
  minor: number[]
}

/** Lines at round moments counted from `zero`, at least 100 px apart. */
export function gridOf(scale: TimeScale, zero: number): Grid {
  const step = steps.find((each) => each * scale.pps >= 100) ?? steps.at(-1)!
  const minorStep = minors[step] ?? (step / 5 >= 0.1 ? step / 5 : step)
  return { step, major: every(scale, zero, step), minor: every(scale, zero, minorStep) }
}

function every({ from, to }: TimeScale, zero: number, step: number): number[] {
  const times: number[] = []
  const end = Math.floor((to - zero) / 1000 / step + 1e-6)
  for (let n = Math.ceil((from - zero) / 1000 / step - 1e-6); n <= end; n++) times.push(zero + n * step * 1000)
  return times
}
