import type { Mark } from './marks.js'
import { widthOf } from './words.js'

export interface PlacedMark {
  mark: Mark
  x: number
  row: number
  /** Null: the shape alone, as its words have no room. */
  label: { x: number; side: 'left' | 'right'; words: string; when: string } | null
}

export interface MarkRoom {
  left: number
  right: number
  rows: number
}

type Span = { row: number; from: number; to: number }

/** From the middle of a shape to its words. */
const reach = 10
const air = 6
/** Shapes nearer than this would hide each other: the weightier one stays. */
const tooNear = 7

/**
 * Words beside their shapes, in rows: to the right of the shape, else to its left, else a row down; the weighty ones
 * choose first. No label lies on another, on a shape of its row, or on a line that goes down to a lower row.
 */
export function placeMarks(marks: readonly { mark: Mark; x: number }[], room: MarkRoom): PlacedMark[] {
  const kept = thin(gathered(marks))
  const placed: PlacedMark[] = []
  const taken: Span[] = []
  for (const one of kept.toSorted((a, b) => b.mark.weight - a.mark.weight || a.x - b.x)) {
    const found = place(one, kept, placed, taken, room)
    if (found.label) {
      const width = labelWidth(found.label)
      const from = found.label.side === 'right' ? found.label.x : found.label.x - width
      taken.push({ row: found.row, from: from - air, to: from + width + air })
    }
    placed.push(found)
  }
  return placed.toSorted((a, b) => a.x - b.x)
}

type Words = { words: string; when: string }

const labelWidth = ({ words, when }: Words): number => widthOf(when ? `${words} ${when}` : words)

type Positioned = { mark: Mark; x: number }

function place(
  one: Positioned,
  all: readonly Positioned[],
  placed: PlacedMark[],
  taken: Span[],
  room: MarkRoom,
): PlacedMark {
  const { mark, x } = one
  for (const words of wordings(mark)) {
    const width = labelWidth(words)
    for (let row = 0; row < room.rows; row++) {
      // its own line and shape may not cut words that are there already
      if (taken.some((span) => span.row <= row && span.from < x + 5 && x - 5 < span.to)) break
      const isFree = (from: number): boolean => fits({ row, from, to: from + width }, one, all, placed, taken, room)
      if (isFree(x + reach)) return { mark, x, row, label: { ...words, x: x + reach, side: 'right' } }
      if (isFree(x - reach - width)) return { mark, x, row, label: { ...words, x: x - reach, side: 'left' } }
    }
  }
  return { mark, x, row: 0, label: null }
}

function fits(
  { row, from, to }: Span,
  one: Positioned,
  all: readonly Positioned[],
  placed: PlacedMark[],
  taken: Span[],
  room: MarkRoom,
): boolean {
  if (from < room.left || to > room.right) return false
  if (taken.some((span) => span.row === row && span.from < to && from < span.to)) return false
  return !all.some((other) => {
    if (other === one || other.x < from - air || other.x > to + air) return false
    // every mark comes through the first row; lower ones only those that were placed there
    return row === 0 || placed.some((each) => each.mark === other.mark && each.row >= row)
  })
}

/** A cause and its effects keep their time as long as there is room for it; it is in the list as well. */
function wordings({ words, when, weight }: Mark): Words[] {
  return weight === 3
    ? [
        { words, when },
        { words, when: '' },
      ]
    : [{ words, when: '' }]
}

/** Checks that pass one right after the other are one mark with a count: their words would push the rest away. */
const oneBurst = 40
const longestBurst = 120

function gathered(marks: readonly Positioned[]): Positioned[] {
  const found: (Positioned & { passed: number; from: number })[] = []
  for (const { mark, x } of marks.toSorted((a, b) => a.x - b.x)) {
    const last = found.at(-1)
    const burst =
      mark.event.kind === 'check.passed' &&
      last?.mark.event.kind === 'check.passed' &&
      x - last.x < oneBurst &&
      x - last.from < longestBurst
    if (!burst) found.push({ mark, x, passed: 1, from: x })
    else {
      last.passed += 1
      last.x = x
      last.mark = { ...mark, words: `${last.passed} checks passed` }
    }
  }
  return found
}

function thin(marks: readonly Positioned[]): Positioned[] {
  const kept: Positioned[] = []
  for (const one of marks.toSorted((a, b) => b.mark.weight - a.mark.weight || a.x - b.x)) {
    if (!kept.some((other) => Math.abs(other.x - one.x) < tooNear)) kept.push(one)
  }
  return kept.toSorted((a, b) => a.x - b.x)
}
