import type { VerdictWord } from '../../src-main/contract/check.js'
import { Icon, type IconName } from './icons.js'

const shapes: Record<VerdictWord | 'idle', { icon: IconName; word: string }> = {
  pass: { icon: 'pass', word: 'pass' },
  fail: { icon: 'fail', word: 'fail' },
  waiting: { icon: 'waiting', word: 'waiting' },
  error: { icon: 'unknown', word: 'could not check' },
  idle: { icon: 'idle', word: 'not asked yet' },
}

/** The word for a verdict; the learner never sees `error`, because it is never the learner's. */
export const verdictWordOf = (verdict: VerdictWord | null): string => shapes[verdict ?? 'idle'].word

export function VerdictShape({ verdict }: { verdict: VerdictWord | null }) {
  const { icon } = shapes[verdict ?? 'idle']
  return <Icon name={icon} className={verdict === 'waiting' ? 'shape-waiting' : ''} />
}
