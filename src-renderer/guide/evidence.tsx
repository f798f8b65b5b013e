import { useState } from 'react'
import type { Evidence } from '../../src-main/contract/check.js'

/** As much of an answer as is read on screen; what is cut is said. */
const longest = 4_000

const rawOf = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'nothing')
  return text.length > longest ? `${text.slice(0, longest)}\n... cut: ${text.length - longest} characters more` : text
}

/** Where a verdict comes from, and how old it was; a press shows the answer as it was read. */
export function EvidenceList({ evidence }: { evidence: Evidence[] }) {
  const [shown, setShown] = useState<number | null>(null)
  return (
    <>
      {evidence.map((piece, index) => (
        <span key={index}>
          {index > 0 && '; '}
          <button
            type="button"
            className="link"
            aria-expanded={shown === index}
            onClick={() => setShown(shown === index ? null : index)}
          >
            {piece.source}
          </button>
          {piece.ageMs !== undefined && <span className="tn">, {(piece.ageMs / 1000).toFixed(1)} s old</span>}
        </span>
      ))}
      {shown !== null && evidence[shown] && (
        <pre className="evidence-raw" tabIndex={0} aria-label={`Evidence: ${evidence[shown].source}`}>
          {rawOf(evidence[shown].value)}
        </pre>
      )}
    </>
  )
}
