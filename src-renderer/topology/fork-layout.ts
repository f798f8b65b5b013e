import { fitted, widthOf } from '../timeline/words.js'
import type { Box } from './places.js'
import type { ForkView } from './scene-fork.js'

export interface ForkLayout {
  /** The line that stems lie on. */
  axis: number
  titleY: number
  /** Where the first drawn stem begins; what is left of it stands for older ones. */
  begin: number
  stems: { timeline: number; x: number; end: number; words: string }[]
  tip: { x: number; y: number; words: string }
  left: { host: string; x: number; y: number; words: string; diverged: boolean; open: boolean }[]
}

/** From a fork to the words of what leaves it there. */
const reach = 48
const rowPitch = 14
const most = 3

/** Places for the tree in its box; null where it has no room, and a line of words has to do. */
export function forkLayout(fork: ForkView, box: Box): ForkLayout | null {
  const { x, y, width, height } = box
  if (height < 58 || width < 220) return null
  const tipRoom = Math.max(widthOf(fork.newest.words), ...fork.left.map(({ short }) => widthOf(short)))
  const shown = fork.stems.slice(-Math.max(1, Math.min(most, Math.floor((width - tipRoom - reach - 8) / 92))))
  const older = fork.stems.length > shown.length
  const begin = x + (older ? 18 : 0)
  const span = Math.max(60, Math.min(shown.length === 1 ? 160 : 380, x + width - reach - tipRoom - 8 - begin))
  const pitch = shown.length === 0 ? 0 : Math.round(span / shown.length)
  const stems = shown.map((stem, index) => {
    const from = begin + index * pitch
    const room = pitch + (index === shown.length - 1 ? 4 : -8)
    const words = [stem.words, stem.short].find((each) => widthOf(each) <= room)
    return { timeline: stem.timeline, x: from, end: from + pitch, words: words ?? `${stem.timeline}` }
  })
  const forks = new Map(stems.map((stem) => [stem.timeline, stem.end]))
  // those on a timeline that is not drawn left at the begin of what is
  const left = fork.left
    .map((branch) => ({ branch, x: forks.get(branch.timeline) ?? begin }))
    .toSorted((a, b) => b.x - a.x)
  const rows = left.length
  const last = stems.at(-1)
  const atTip = left.some((each) => each.x === last?.end)
  // with something left behind at the newest fork both curve away from the line, as twigs do
  const axis = Math.floor(y + height - 22) + 0.5
  const tipY = atTip && last ? axis + 12 : axis
  const free = Math.floor((axis - 12 - (y + 10)) / rowPitch) + 1
  if (rows > Math.max(1, free)) return null
  return {
    axis,
    titleY: Math.max(y + 9, Math.min(axis - 22, axis - 12 - (rows - 1) * rowPitch - 12)),
    begin,
    stems,
    tip: {
      x: last?.end ?? begin,
      y: tipY,
      words: fitted(fork.newest.words, x + width - (last?.end ?? begin) - reach),
    },
    left: left.map(({ branch, x: at }, index) => {
      const room = x + width - at - reach - (branch.diverged ? 4 : 0)
      const words = widthOf(branch.words) <= room ? branch.words : fitted(branch.short, room)
      const { host, diverged, open } = branch
      return { host, x: at, y: axis - 12 - index * rowPitch, words, diverged, open }
    }),
  }
}
