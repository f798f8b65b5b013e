import { Fragment, useState, type ReactElement } from 'react'
import type { CheckView } from '../../src-main/contract/check.js'
import { verdictWordOf } from '../ui/verdict-shape.js'
import { VerdictRow } from './verdict.js'

const isWrong = ({ result }: CheckView): boolean => result?.verdict === 'fail' || result?.verdict === 'error'

/**
 * Which row is open before anybody touches one: what failed, and what could not be checked (with a diagnosis only the
 * first, so that both are in view); where all is well, the check that passed last: it is what just happened.
 */
export function openByItself(checks: CheckView[], diagnosed = false): Set<string> {
  const wrong = checks.filter(isWrong)
  if (wrong.length > 0) return new Set(wrong.slice(0, diagnosed ? 1 : undefined).map(({ id }) => id))
  const passed = checks.filter(({ result }) => result?.verdict === 'pass')
  const last = passed.toSorted((a, b) => (b.passedAt ?? 0) - (a.passedAt ?? 0))[0]
  return new Set(last ? [last.id] : [])
}

/** The checks of a step: verdicts in place, one row each, open where there is something to read. */
export function Checks(props: { checks: CheckView[]; startedAt: number; diagnosis: ReactElement | null }) {
  const { checks, startedAt, diagnosis } = props
  const [chosen, setChosen] = useState<Record<string, boolean>>({})
  if (checks.length === 0) return null
  const open = openByItself(checks, diagnosis !== null)
  const diagnosed = diagnosis ? (checks.find(isWrong) ?? checks.at(-1)) : null
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
          <Fragment key={check.id}>
            <VerdictRow
              check={check}
              startedAt={startedAt}
              open={isOpen}
              onToggle={() => setChosen({ ...chosen, [check.id]: !isOpen })}
            />
            {check === diagnosed && diagnosis}
          </Fragment>
        )
      })}
      <p className="sr-only" role="status">
        {checks.map((check) => `${check.title}: ${verdictWordOf(check.result?.verdict ?? null)}.`).join(' ')}
      </p>
    </section>
  )
}
