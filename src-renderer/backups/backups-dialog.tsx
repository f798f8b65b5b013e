import { useEffect, useState } from 'react'
import type { BackupType, PitrView } from '../../src-main/contract/backup.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { Dialog } from '../ui/dialog.js'
import { count, disk } from '../ui/format.js'
import { SaidBox } from '../ui/said.js'
import { Segments } from '../ui/segments.js'
import { BackupList } from './backup-list.js'
import { PitrForm } from './pitr-form.js'
import { isPresent, PitrPresent } from './pitr-present.js'
import { Schedule } from './schedule.js'
import { useBackups } from './use-backups.js'
import { momentOf } from '../ui/utc.js'
import { WindowPicture } from './window-picture.js'
import './backups.css'

const types: readonly { type: BackupType; label: string; about: string }[] = [
  { type: 'incr', label: 'incremental', about: 'What changed since the last backup of any type' },
  { type: 'diff', label: 'differential', about: 'What changed since the last full backup' },
  { type: 'full', label: 'full', about: 'Everything' },
]

/** Backups, what can be reached with them, and the way back. */
export function BackupsDialog(props: {
  lab: string
  /** Hosts that keep backups, the first one shown first. */
  repositories: readonly string[]
  pitr: PitrView | null
  onClose: () => void
}) {
  const { lab, repositories, pitr, onClose } = props
  const [repository, setRepository] = useState(repositories[0]!)
  const { view, failure, again } = useBackups(lab, repository)
  const [chosen, setChosen] = useState<number | null>(null)
  const aim = isPresent(pitr) ? (pitr.target.kind === 'time' ? momentOf(pitr.target.value) : null) : chosen
  const make = useCall(async (type: BackupType) => {
    await createClient().backups.make({ lab, repository, type })
    again()
  })
  // a recovery changes what can be reached
  const state = pitr?.state
  useEffect(again, [again, state])
  const running = state === 'running'
  const asking = view !== null && view.repository !== repository
  return (
    <Dialog title="Backups and recovery" onClose={onClose} width={912}>
      <div className="backups">
        {repositories.length > 1 && (
          <div className="backups-repositories">
            <Segments
              label="Repository"
              choices={repositories.map((host) => ({ value: host, label: host }))}
              value={repository}
              onChange={(host) => {
                setRepository(host)
                make.clear()
              }}
            />
            <span className="ink2">Each has backups of its own, and all of the WAL.</span>
          </div>
        )}
        {failure && <SaidBox said={failure} />}
        {!view && !failure && (
          <p className="ink2" aria-busy="true">
            Asking the repository host
          </p>
        )}
        {view && (
          <div className="backups-view" inert={asking} aria-busy={asking}>
            <WindowPicture view={view} target={aim} />
            <p className="ink2 backups-facts">
              {view.ok ? 'Repository in order' : view.message} on <span className="mono">{view.repository}</span>
              {view.encrypted && ', encrypted'}; keeps {count(view.keepFull, 'full backup')}
              {view.archive && (
                <>
                  ; archive of {count(view.archive.segments, 'segment')}, {disk(view.archive.bytes)}
                </>
              )}
            </p>
            {view.schedules.length > 0 && <Schedule view={view} />}
            {view.backups.length > 0 && <BackupList view={view} />}
            <div className="row backups-make">
              <span className="strong">Back up now</span>
              {types.map(({ type, label, about }) => (
                <Button
                  key={type}
                  size="small"
                  title={about}
                  busy={make.busy}
                  disabled={running}
                  onClick={() => void make.run(type)}
                >
                  {label}
                </Button>
              ))}
              {make.busy && (
                <span className="ink2" role="status">
                  pgBackRest copies
                </span>
              )}
            </div>
            {make.failure && <SaidBox said={make.failure} />}
          </div>
        )}
        <hr />
        {isPresent(pitr) && <PitrPresent lab={lab} view={pitr} />}
        {view && !isPresent(pitr) && (
          <section aria-label="Point-in-time recovery" inert={asking}>
            <h3>Back to a moment</h3>
            <PitrForm key={view.repository} view={view} onTarget={setChosen} />
          </section>
        )}
      </div>
    </Dialog>
  )
}
