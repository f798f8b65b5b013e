import type { LabEvent } from '../../src-main/contract/record.js'
import { chartsOf } from './chart-data.js'
import { ChartTable } from './chart-table.js'
import { factsAt, sentenceAt, type Known } from './facts.js'
import { secondsOf, type OutageSpan } from './outages.js'
import type { TimeScale } from './scale.js'
import { momentText, secondsText, withinText } from './words.js'

type Row = { t: number; words: string; host: string; source: string; key: string }

/** The timeline in words: the moment that is shown, then every event, newest first; a press on a time looks at it. */
export function EventList(
  props: Known & {
    zero: number
    now: number
    moment: number | null
    onMoment: (t: number) => void
    /** What is on screen: the figures are over it. */
    scale: TimeScale
  },
) {
  const { tracks, hosts, outages, zero, now, moment, onMoment, scale } = props
  const rows = rowsOf(tracks.events, outages, now)
  const at = moment ?? now
  const charts = chartsOf({ tracks, hosts, scale, now })
  const current = rows.find((row) => row.t <= at + 1)
  return (
    <div className="pic-scroll" tabIndex={0} data-panel-focus role="region" aria-label="Events of this lab">
      <details className="tl-figures-fold">
        <summary>What the charts show, in figures</summary>
        <ChartTable {...props} charts={charts} at={at} />
      </details>
      <table className="pic-table tl-list">
        <caption>
          <span className="mono">{moment === null ? 'Now' : momentText(at - zero)}</span>:{' '}
          {sentenceAt(factsAt(props, at))}.
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">What</th>
            <th scope="col">Host</th>
            <th scope="col">Known from</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} aria-current={moment !== null && row === current ? 'true' : undefined}>
              <td className="mono tn">
                <button
                  type="button"
                  onClick={() => onMoment(row.t)}
                  aria-label={`Look at ${momentText(row.t - zero)}`}
                >
                  {momentText(row.t - zero)}
                </button>
              </td>
              <td>{row.words}</td>
              <td className="mono">{row.host}</td>
              <td className="ink3">{row.source}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p style={{ padding: 16 }}>Nothing has happened yet.</p>}
    </div>
  )
}

const mostRows = 400

function rowsOf(events: readonly LabEvent[], outages: readonly OutageSpan[], now: number): Row[] {
  const rows: Row[] = events
    .filter(({ kind }) => kind !== 'outage.ended')
    .map((event, index) => ({
      t: event.t,
      words: event.kind === 'outage.began' ? outageWords(event.t, outages, now) : event.text,
      host: event.host ?? '',
      source: event.u ? `${event.source}, within ${withinText(event.u)}` : event.source,
      key: `${event.t}-${event.kind}-${index}`,
    }))
  return rows.toReversed().slice(0, mostRows)
}

function outageWords(t: number, outages: readonly OutageSpan[], now: number): string {
  const span = outages.find((each) => Math.abs(each.from - t) < 2_000)
  if (!span) return 'writes stop'
  const lost = span.lost === null ? '' : `, lost ${span.lost}`
  return `outage ${secondsText(secondsOf(span, now))}${span.until === null ? ' so far' : ''}${lost}, unknown ${span.unknown}`
}
