import { useId } from 'react'
import type { CheckView, Verdict } from '../../src-main/contract/check.js'
import { useNow } from '../app/clock.js'
import { count, moment } from '../ui/format.js'
import { InlineCode } from '../ui/inline-code.js'
import { sentence } from '../ui/said.js'
import { VerdictShape, verdictWordOf } from '../ui/verdict-shape.js'
import { differences } from './differences.js'
import { EvidenceList } from './evidence.js'
import { Tries, Within } from './within.js'

/** One check: a row when closed, a ledger when open: expected, observed, within, why, evidence. */
export function VerdictRow(props: { check: CheckView; startedAt: number; open: boolean; onToggle: () => void }) {
  const { check, startedAt, open, onToggle } = props
  const id = useId()
  const { result } = check
  return (
    <article className="verdict" data-verdict={result?.verdict ?? 'idle'} data-check={check.id}>
      <button
        type="button"
        className="verdict-head"
        aria-expanded={result ? open : undefined}
        aria-controls={result ? id : undefined}
        onClick={onToggle}
      >
        <VerdictShape verdict={result?.verdict ?? null} />
        <span className="verdict-title">{check.title}</span>
        <VerdictWord check={check} startedAt={startedAt} />
      </button>
      {result && open && (
        <div id={id}>
          {asTable(result) && <FieldTable fields={result.fields!} />}
          <dl className="ledger">
            {!asTable(result) && <Compared verdict={result} />}
            {check.within && result.verdict === 'waiting' && (
              <>
                <dt>Within</dt>
                <dd>
                  <Within within={check.within} />
                </dd>
              </>
            )}
            <dt>Why</dt>
            <dd>
              <InlineCode text={sentence(result.why)} />
              {result.verdict === 'error' && ' It does not count against you.'}
            </dd>
            {check.tries && result.verdict === 'error' && (
              <>
                <dt>Asked</dt>
                <dd>
                  <Tries tries={check.tries} startedAt={startedAt} />
                </dd>
              </>
            )}
            {result.evidence.length > 0 && (
              <>
                <dt>Evidence</dt>
                <dd>
                  <EvidenceList evidence={result.evidence} />
                </dd>
              </>
            )}
          </dl>
        </div>
      )}
    </article>
  )
}

/** The word at the right of a row, with the time that belongs to it. */
function VerdictWord({ check, startedAt }: { check: CheckView; startedAt: number }) {
  return <span className="verdict-word tn">{wordsOf(check, startedAt) ?? <Left check={check} />}</span>
}

/** Null while it waits with a deadline: that one counts down. */
function wordsOf(check: CheckView, startedAt: number): string | null {
  const { result, mode, passedAt, within } = check
  const word = verdictWordOf(result?.verdict ?? null)
  if (result?.verdict === 'pass' && passedAt !== null) return `pass ${moment(passedAt - startedAt)}`
  if (result?.verdict === 'fail') {
    const differing = result.fields?.filter(({ differs }) => differs).length
    if (differing) return `fail, ${differing} of ${result.fields!.length} differ`
    return mode === 'level' && passedAt !== null ? `fail, held at ${moment(passedAt - startedAt)}` : word
  }
  return result?.verdict === 'waiting' && within ? null : word
}

function Left({ check }: { check: CheckView }) {
  const now = useNow(100)
  const left = check.within ? check.within.since + check.within.ms - now : 0
  return <>waiting, {(Math.max(0, left) / 1000).toFixed(1)} s left</>
}

/** Three fields or more are read as a table. */
const asTable = ({ fields }: Verdict): boolean => (fields?.length ?? 0) > 2

function FieldTable({ fields }: { fields: NonNullable<Verdict['fields']> }) {
  return (
    <table className="fields">
      <caption className="sr-only">{count(fields.length, 'field')}, expected and observed</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Expected</th>
          <th scope="col">Observed</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.name}>
            <th scope="row" className="mono">
              {field.name}
            </th>
            <td className="mono">{field.expected}</td>
            <td className="mono">{field.differs ? <mark>{field.observed}</mark> : field.observed}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Expected beside observed; the difference is marked on the observed side only. */
function Compared({ verdict }: { verdict: Verdict }) {
  const { expected, observed } = verdict
  const pieces = verdict.verdict === 'fail' ? differences(expected, observed) : [{ text: observed, differs: false }]
  return (
    <>
      <dt>Expected</dt>
      <dd className="mono">{expected}</dd>
      <dt>Observed</dt>
      <dd className="mono">
        {pieces.map((piece, index) => (piece.differs ? <mark key={index}>{piece.text}</mark> : piece.text))}
      </dd>
    </>
  )
}
