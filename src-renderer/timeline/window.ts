import { timeScale, type TimeScale } from './scale.js'

/** How much of the time is wanted on screen, and where it ends. */
export interface WindowChoice {
  span: number | 'all'
  /** The window's right end in epoch ms; null: it follows now. */
  end: number | null
}

export interface Extent {
  first: number
  now: number
  /** A recording has no future to leave room for. */
  recorded: boolean
}

/** Room for what comes next, at the right of now. */
const aheadPx = 112
export const shortestMs = 2_000
export const spans = { '40 s': 40_000, '5 min': 300_000 } as const

/** The scale of the plot, which begins `left` pixels from the panel's edge. */
export function windowScale(choice: WindowChoice, extent: Extent, left: number, width: number): TimeScale {
  const { first, now, recorded } = extent
  const plot = Math.max(40, width - left)
  const ahead = recorded ? 0 : Math.min(aheadPx, plot * 0.1)
  const span = Math.max(shortestMs, choice.span === 'all' ? now - first : choice.span)
  const perPx = span / (plot - ahead)
  // a window that is not at the end shows what came after it in the same room
  const to = choice.span === 'all' || choice.end === null ? now + ahead * perPx : choice.end
  return timeScale(to - plot * perPx, to, left, plot)
}

/** The longest span worth looking at: all that is known. */
export const longestMs = ({ first, now }: Extent): number => Math.max(spans['40 s'], now - first)

/** Nearer (below 1) or farther, with the moment `t` staying where it is. Following now goes on following. */
export function zoomed(
  choice: WindowChoice,
  scale: TimeScale,
  extent: Extent,
  factor: number,
  t: number,
): WindowChoice {
  const shown = scale.to - scale.from
  const old = choice.span === 'all' ? extent.now - extent.first : choice.span
  const span = Math.min(longestMs(extent), Math.max(shortestMs, old * factor))
  if (choice.end === null) return { span, end: null }
  const scaled = shown * (span / old)
  return { span, end: t + (scale.to - t) * (scaled / shown) }
}

/** Moved by `ms`, within what is known. */
export function panned(choice: WindowChoice, scale: TimeScale, extent: Extent, ms: number): WindowChoice {
  const span = choice.span === 'all' ? Math.max(shortestMs, extent.now - extent.first) : choice.span
  const shown = scale.to - scale.from
  const to = Math.min(Math.max(scale.to + ms, extent.first + shown * 0.2), extent.now + shown * 0.6)
  return { span, end: to }
}

/** Moved as little as needed to have `t` on screen with some air. */
export function showing(choice: WindowChoice, scale: TimeScale, t: number): WindowChoice {
  const air = (scale.to - scale.from) * 0.05
  if (t >= scale.from + air && t <= scale.to - air) return { ...choice, end: choice.end ?? scale.to }
  const by = t < scale.from + air ? t - scale.from - air : t - scale.to + air
  return { span: choice.span === 'all' ? scale.to - scale.from : choice.span, end: scale.to + by }
}

/** The zoom button that tells the span on screen; null after a zoom of one's own. */
export function spanName(choice: WindowChoice): 'all' | '5 min' | '40 s' | null {
  if (choice.span === 'all') return 'all'
  return choice.span === spans['40 s'] ? '40 s' : choice.span === spans['5 min'] ? '5 min' : null
}
