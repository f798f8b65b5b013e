import { useHome } from './lab-data.js'
import { goHome } from './route.js'
import { useStream } from './use-stream.js'
import { Boot } from '../boot/boot.js'
import { Button } from '../ui/button.js'
import { Icon } from '../ui/icons.js'
import { SaidBox } from '../ui/said.js'
import { Workspace } from '../workspace/workspace.js'

const goneLab = (lab: string) => ({
  what: `There is no lab ${lab}`,
  why: 'it was removed, in another window or from the command line, or its name is another one',
  next: 'Go home: it shows the labs that there are, and starts another one',
})

/** A lab shows its boot until it is healthy, then its workspace. The change needs no click. */
export function BootOrWorkspace({ lab }: { lab: string }) {
  const { home } = useHome()
  const summary = home?.labs.find((each) => each.lab === lab)
  const isUp = summary?.state === 'healthy'
  const boot = useStream('labs.boot', isUp ? null : { lab })
  const state = boot.value?.state ?? summary?.state
  if (isUp || state === 'healthy') return <Workspace lab={lab} />
  if (boot.value) return <Boot lab={lab} progress={boot.value} attempt={summary?.attempt ?? null} />
  if (boot.failure && home && !summary) {
    return (
      <main className="page" tabIndex={-1}>
        <Icon name="logo" size={20} />
        <SaidBox said={boot.failure.code === 'unknown-lab' ? goneLab(lab) : boot.failure} />
        <div>
          <Button look="go" onClick={goHome}>
            Go home
          </Button>
        </div>
      </main>
    )
  }
  return <main className="page ink2" tabIndex={-1} aria-busy="true">{`Looking for lab ${lab}`}</main>
}
