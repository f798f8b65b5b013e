import type { Lanes } from './lanes.js'
import type { OutageSpan } from './outages.js'
import { xOf, type TimeScale } from './scale.js'
import type { Tracks } from './tracks.js'

/** Everything that the lanes need to draw one picture. A new one is made when something in it changed. */
export interface Frame {
  tracks: Tracks
  outages: readonly OutageSpan[]
  hosts: readonly string[]
  members: readonly string[]
  scale: TimeScale
  lanes: Lanes
  /** The moment that times are counted from. */
  zero: number
  /** Where the known ends: now, or the end of the recording. */
  now: number
  renewEveryS: number
}

/** The part of a stretch that is on screen, in pixels; null when none is. */
export function onScreen({ scale }: Pick<Frame, 'scale'>, from: number, to: number): { x: number; end: number } | null {
  const x = Math.max(scale.left, xOf(scale, from))
  const end = Math.min(scale.left + scale.width, xOf(scale, to))
  return end > x ? { x, end } : null
}
