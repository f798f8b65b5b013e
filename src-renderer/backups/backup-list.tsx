import type { BackupsView } from '../../src-main/contract/backup.js'
import { disk, duration } from '../ui/format.js'
import { utcMoment } from '../ui/utc.js'

/** Every backup that is kept, the newest first. */
export function BackupList({ view }: { view: BackupsView }) {
  return (
    <div className="backup-list">
      <table>
        <thead>
          <tr>
            <th scope="col">Backup</th>
            <th scope="col">Type</th>
            <th scope="col">Ended, UTC</th>
            <th scope="col">Took</th>
            <th scope="col">Database</th>
            <th scope="col">Added</th>
            <th scope="col">Consistent from</th>
          </tr>
        </thead>
        <tbody>
          {view.backups.toReversed().map((backup) => (
            <tr key={backup.label} data-backup={backup.type}>
              <td className="mono">{backup.label}</td>
              <td>
                {backup.type}
                {backup.damaged && <span className="damaged"> damaged</span>}
              </td>
              <td className="mono tn">{utcMoment(backup.stoppedAt)}</td>
              <td className="tn">{duration(backup.stoppedAt - backup.startedAt)}</td>
              <td className="tn">{disk(backup.databaseBytes)}</td>
              <td className="tn">{disk(backup.repositoryBytes)}</td>
              <td className="mono tn">
                {backup.stopLsn} <span className="ink3">tl {backup.timeline}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
