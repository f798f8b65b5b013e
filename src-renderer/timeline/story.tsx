import type { EventKind, LabEvent } from '../../src-main/contract/record.js'
import { useMemo } from 'react'
import { Icon, type IconName } from '../ui/icons.js'
import { narrativeOf, type Incident, type Sentence } from './narrative.js'
import { momentText, secondsText, withinText } from './words.js'

const icons: Partial<Record<EventKind, IconName>> = {
  'host.crashed': 'fail',
  'host.stopped': 'fail',
  'host.frozen': 'frozen',
  'service.killed': 'fail',
  'fault.applied': 'fail',
  'fault.failed': 'fail',
  'quorum.lost': 'vote-lost',
  'etcd.lost': 'vote-lost',
  'etcd.back': 'vote',
  'quorum.back': 'vote',
  promoted: 'leader',
  'replica.streaming': 'sync',
  'outage.ended': 'pass',
  'invariant.violated': 'fault',
}

/** What just happened, as an incident's timeline: newest incident first, in it cause, effects and how it ended. */
export function Story(props: {
  events: readonly LabEvent[]
  zero: number
  moment: number | null
  onMoment: (t: number) => void
}) {
  const { events, zero, moment, onMoment } = props
  const incidents = useMemo(() => narrativeOf(events).toReversed(), [events])
  return (
    <div className="pic-scroll tl-story" tabIndex={0} data-panel-focus role="region" aria-label="What happened">
      {incidents.length === 0 && (
        <p className="ink2">Nothing has gone wrong yet: no fault, no outage, no change of leader.</p>
      )}
      {incidents.map((incident) => (
        <IncidentStory
          key={`${incident.from}-${incident.title}`}
          incident={incident}
          zero={zero}
          moment={moment}
          onMoment={onMoment}
        />
      ))}
    </div>
  )
}

interface Looking {
  zero: number
  moment: number | null
  onMoment: (t: number) => void
}

function IncidentStory({ incident, zero, moment, onMoment }: Looking & { incident: Incident }) {
  const { title, from, until, summary, sentences } = incident
  const current = moment === null ? undefined : sentences.findLast(({ t }) => t <= moment + 1)
  return (
    <article>
      <header>
        <h3>{title}</h3>
        <span className="mono t1 ink3 tn">
          {momentText(from - zero)}
          {until === null ? ', not over' : ` to ${momentText(until - zero)}`}
        </span>
        <p className="ink2">{summary}</p>
      </header>
      <ol>
        {sentences.map((sentence, index) => (
          <li key={`${sentence.t}-${sentence.kind}-${index}`} aria-current={sentence === current ? 'true' : undefined}>
            <button
              type="button"
              className="mono tn"
              aria-label={`Look at ${momentText(sentence.t - zero)}`}
              onClick={() => onMoment(sentence.t)}
            >
              {sinceText(sentence)}
            </button>
            {icons[sentence.kind] ? <Icon name={icons[sentence.kind]!} /> : <span />}
            <span>
              {sentence.words}
              {sentence.withinMs !== null && <span className="ink3 t1"> within {withinText(sentence.withinMs)}</span>}
            </span>
          </li>
        ))}
      </ol>
    </article>
  )
}

const sinceText = ({ sinceMs }: Sentence): string =>
  `${sinceMs < 0 ? '-' : '+'}${secondsText(Math.abs(sinceMs) / 1000)}`
