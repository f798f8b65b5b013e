import type { OutageSpan } from './outages.js'
import { secondsText, widthOf } from './words.js'

/** One word of the dimension line, at `x`, with its size. `shape` draws the hollow diamond before it. */
export interface OutageWord {
  x: number
  text: string
  size: 11 | 13 | 15
  tone: 'fault' | 'ink' | 'unk'
  shape?: 'diamond'
}

export interface OutageLayout {
  words: OutageWord[]
  /** The words' ground, where the dimension line is interrupted. */
  ground: { x: number; width: number } | null
}

const padding = 12
const between = 16

/**
 * What is said inside the hole, from the left of its visible part to its right: everything, then without the unknown
 * ones, then the length alone, smaller, then nothing.
 */
export function outageLayout(span: OutageSpan, x: number, end: number, now: number): OutageLayout {
  const lasts = span.until === null
  const seconds = secondsText(((span.until ?? now) - span.from) / 1000)
  const long = `outage ${seconds}${lasts ? ' so far' : ''}`
  const lost = span.lost === null ? null : `lost ${span.lost}`
  const unknown = span.unknown > 0 ? `unknown ${span.unknown}` : null
  const length: Item = { text: long, size: 15, tone: 'fault' }
  const losses: Item[] = lost ? [{ text: lost, size: 13, tone: span.lost ? 'fault' : 'ink' }] : []
  const unknowns: Item[] = unknown ? [{ text: unknown, size: 13, tone: 'unk', shape: 'diamond' }] : []
  const options: Item[][] = [
    [length, ...losses, ...unknowns],
    [length, ...losses],
    [length],
    [{ text: seconds, size: 13, tone: 'fault' }],
    [{ text: seconds, size: 11, tone: 'fault' }],
  ]
  const room = end - x - 8
  // the last resort leaves no room for the arrows, and says more than they do
  const items = options.find((each, index) => widthOfItems(each) <= (index === options.length - 1 ? end - x - 2 : room))
  if (!items) return { words: [], ground: null }
  const width = widthOfItems(items)
  const start = x + (end - x - width) / 2
  let at = start + paddingOf(items)
  const words = items.map((item) => {
    const word = { ...item, x: at }
    at += widthOfItem(item) + between
    return word
  })
  return { words, ground: { x: start, width } }
}

type Item = Omit<OutageWord, 'x'>

const diamondRoom = 14
const widthOfItem = ({ text, size, shape }: Item): number => widthOf(text, size) + (shape ? diamondRoom : 0)

function widthOfItems(items: readonly Item[]): number {
  const inner = items.reduce((sum, item) => sum + widthOfItem(item), 0) + between * (items.length - 1)
  return inner + 2 * paddingOf(items)
}

const paddingOf = ([first]: readonly Item[]): number => ({ 15: padding, 13: 4, 11: 2 })[first!.size]
