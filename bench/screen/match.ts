import type { KeyPut } from '../lab/watch-key.js'
import type { HolderShown } from './holder-on-screen.js'

export interface Delay {
  holder: string
  /** From etcd's word to the changed document, and to the drawn frame; null: it was not shown before the next change. */
  changedMs: number | null
  drawnMs: number | null
}

/** A page may be told by a member of etcd that was quicker than those that told us. */
const earlierMs = 50

/**
 * Each time somebody else got the leader key, beside the first moment at which the screen showed that holder.
 * `aheadMs`: how far the page's clock is ahead.
 */
export function delays(taken: readonly KeyPut[], shown: readonly HolderShown[], aheadMs: number): Delay[] {
  return taken.map(({ at, value: holder }, index) => {
    const next = taken[index + 1]?.at ?? Infinity
    const found = shown.find(
      (one) => one.holder === holder && one.changed - aheadMs >= at - earlierMs && one.changed - aheadMs < next,
    )
    const since = (t: number | null | undefined): number | null => (typeof t === 'number' ? t - aheadMs - at : null)
    return { holder, changedMs: since(found?.changed), drawnMs: since(found?.drawn) }
  })
}
