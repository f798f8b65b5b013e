export interface Piece {
  text: string
  differs: boolean
}

/** Words and the space between them; punctuation stays with its word. */
const wordsOf = (text: string): string[] => text.split(/(\s+)/).filter((word) => word !== '')

/**
 * What of `observed` is not in `expected`, word by word in order (longest common subsequence). Where most of it
 * differs, the whole is marked: a mark on every second word says nothing.
 */
export function differences(expected: string, observed: string): Piece[] {
  if (expected === observed) return [{ text: observed, differs: false }]
  const left = wordsOf(expected)
  const right = wordsOf(observed)
  const kept = commonWords(left, right)
  const pieces: Piece[] = []
  for (const [index, text] of right.entries()) {
    const differs = !kept.has(index)
    const last = pieces.at(-1)
    if (last && last.differs === differs) last.text += text
    else pieces.push({ text, differs })
  }
  const marked = pieces.filter((piece) => piece.differs).reduce((sum, { text }) => sum + text.length, 0)
  if (marked > observed.length * 0.6) return [{ text: observed, differs: true }]
  return pieces
}

/** Indexes of `right` that belong to the longest common subsequence with `left`. */
function commonWords(left: string[], right: string[]): Set<number> {
  const lengths = Array.from({ length: left.length + 1 }, () => Array.from({ length: right.length + 1 }, () => 0))
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        left[i] === right[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
    }
  }
  const kept = new Set<number>()
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) {
      kept.add(j)
      i++
      j++
    } else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i++
    else j++
  }
  return kept
}
