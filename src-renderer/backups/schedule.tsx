import type { BackupsView } from '../../src-main/contract/backup.js'
import { utcMoment } from './utc.js'

/** When cron backs up, and how its last run here ended. */
export function Schedule({ view: { schedules, scheduled } }: { view: BackupsView }) {
  return (
    <p className="ink2 backups-facts">
      By cron, UTC:{' '}
      {schedules.map(({ type, at }, i) => (
        <span key={type}>
          {i > 0 && ', '}
          {type} at <span className="mono">{at}</span>
        </span>
      ))}
      {scheduled ? (
        <>
          . Last run: {scheduled.type}, ended <span className="mono tn">{utcMoment(scheduled.endedAt)}</span>,{' '}
          <span className={scheduled.outcome === 'failed' ? 'damaged' : undefined}>{scheduled.text}</span>
        </>
      ) : (
        '. No run has ended yet'
      )}
    </p>
  )
}
