import { Fragment } from 'react'
import type { BackupsView } from '../../src-main/contract/backup.js'
import { utcMoment } from '../ui/utc.js'

/** When cron backs up, and how its last run here ended. */
export function Schedule({ view: { schedules, scheduled } }: { view: BackupsView }) {
  return (
    <p className="ink2 backups-schedule">
      <span>
        By cron, UTC:{' '}
        {schedules.map(({ type, at }, i) => (
          <Fragment key={type}>
            {i > 0 && ', '}
            {type} at <span className="mono">{at}</span>
          </Fragment>
        ))}
      </span>
      <span>
        {scheduled ? (
          <>
            Last run: {scheduled.type}, ended <span className="mono tn">{utcMoment(scheduled.endedAt)}</span>,{' '}
            {scheduled.outcome === 'failed' ? <b className="damaged">{scheduled.text}</b> : scheduled.text}
          </>
        ) : (
          'No run has ended yet'
        )}
      </span>
    </p>
  )
}
