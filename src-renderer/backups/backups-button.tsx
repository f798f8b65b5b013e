import { useState } from 'react'
import { keepsBackups } from '../../src-main/contract/repository.js'
import { useCommands } from '../app/commands.js'
import { useLabInfo } from '../app/lab-data.js'
import { useStream } from '../app/use-stream.js'
import { Button } from '../ui/button.js'
import { BackupsDialog } from './backups-dialog.js'

/** In the top bar of a lab that keeps backups: opens them, and says how far a recovery is. */
export function BackupsButton({ lab }: { lab: string }) {
  const info = useLabInfo(lab)
  const keepers = info?.hosts.filter(keepsBackups)
  return keepers?.length ? <OfLab key={lab} lab={lab} repositories={keepers.map(({ name }) => name)} /> : null
}

function OfLab({ lab, repositories }: { lab: string; repositories: readonly string[] }) {
  const [open, setOpen] = useState(false)
  const { value: pitr } = useStream('pitr.watch', { lab })
  useCommands('backups', [
    {
      id: 'backups',
      title: 'Backups and recovery',
      group: 'View',
      keys: 'Alt B',
      notInTerminal: true,
      run: () => setOpen(true),
    },
  ])
  const done = pitr?.steps.filter(({ state }) => state === 'done').length ?? 0
  const words =
    pitr?.state === 'running'
      ? `Recovery: ${done} of ${pitr.steps.length}`
      : pitr?.state === 'failed' || pitr?.state === 'interrupted'
        ? 'Recovery stopped'
        : 'Backups'
  return (
    <>
      <Button size="small" style={{ marginRight: 4 }} onClick={() => setOpen(true)}>
        {words}
      </Button>
      {open && <BackupsDialog lab={lab} repositories={repositories} pitr={pitr} onClose={() => setOpen(false)} />}
    </>
  )
}
