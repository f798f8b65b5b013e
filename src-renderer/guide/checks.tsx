import { useState } from 'react'
import type { CheckView } from '../../src-main/contract/check.js'
import { verdictWordOf } from '../ui/verdict-shape.js'
import { VerdictRow } from './verdict.js'

/**
 * Which row is open before anybody touches one: what failed, and what could not be checked; where all is well, the
 * check that passed last, because that is what just happened.
 */
export function openByItself(checks: CheckView[]): Set<string> {
  const wrong = checks.filter(({ result }) => result?.verdict === 'fail' || result?.verdict === 'error')
  if (wrong.length > 0) return new Set(wrong.map(({ id }) => id))
  const passed = checks.filter(({ result }) => result?.verdict === 'pass')
  const last = passed.toSorted((a, b) => (b.passedAt ?? 0) - (a.passedAt ?? 0))[0]
  return new Set(last ? [last.id] : [])
}

/** The checks of a step: verdicts in place, one row each, open where there is something to read. */
export function Checks({ checks, startedAt }: { checks: CheckView[]; startedAt: number }) {
  const [chosen, setChosen] = useState<Record<string, boolean>>({})
  if (checks.length === 0) return null
  const open = openByItself(checks)
  const passed = checks.filter(({ result }) => result?.verdict === 'pass').length
  return (
    <section className="guide-group" aria-label="Checks">
      <div className="checks-head">
        <span>Checks</span>
        <span className="mono tn">
          {passed} of {checks.length}
        </span>
      </div>
      {checks.map((check) => {
        const isOpen = chosen[check.id] ?? open.has(check.id)
        return (
          <VerdictRow
            key={check.id}
            check={check}
            startedAt={startedAt}
            open={isOpen}
            onToggle={() => setChosen({ ...chosen, [check.id]: !isOpen })}
          />
        )
      })}
      <p className="sr-only" role="status">
        {checks.map((check) => `${check.title}: ${verdictWordOf(check.result?.verdict ?? null)}.`).join(' ')}
      </p>
    </section>
  )
}
