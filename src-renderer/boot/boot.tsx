import { useEffect } from 'react'
import type { BootProgress } from '../../src-main/contract/lab.js'
import { useCommands } from '../app/commands.js'
import { connectedSoon, createClient } from '../app/connection.js'
import { useHome, useLabInfo } from '../app/lab-data.js'
import { useOverlays } from '../app/overlays.js'
import { goHome, goToLab } from '../app/route.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { count, duration, numberWord } from '../ui/format.js'
import { Icon } from '../ui/icons.js'
import { SaidBox } from '../ui/said.js'
import { BootLog } from './boot-log.js'
import { BootPicture } from './boot-picture.js'
import { Elapsed, Phases } from './phases.js'
import './boot.css'

/** A lab comes up: what happens, how long it takes, what each part is for. */
export function Boot(props: { lab: string; progress: BootProgress; attempt: string | null }) {
  const { lab, progress } = props
  const { home } = useHome()
  // a lab that is looked at from its first moment has no addresses yet: they are there with its first host
  const info = useLabInfo(
    lab,
    progress.hosts.some(({ container }) => container === 'running'),
  )
  const show = useOverlays((state) => state.show)
  const exercise = home?.exercises.find((each) => each.attempt?.lab === lab && each.attempt.state === 'running')
  const booting = progress.state === 'booting'
  const removing = progress.state === 'removing'
  const cancel = useCall(async () => {
    await createClient().labs.cancel({ lab })
    goHome()
  })
  const remove = useCall(async () => {
    await createClient().labs.down({ lab })
    goHome()
  })
  const again = useCall(async () => {
    await createClient().labs.down({ lab })
    await connectedSoon() // a lab that starts minutes later would surprise
    const started = exercise
      ? await createClient().exercises.start({ slug: exercise.slug })
      : await createClient().labs.up({ topology: progress.topology })
    goToLab(started.lab)
  })
  const cancelCommand = {
    id: 'cancel',
    title: 'Cancel and remove the lab',
    group: 'Labs' as const,
    keys: 'Escape',
    run: () => void cancel.run(),
  }
  useCommands('boot', booting ? [cancelCommand] : [])
  const gone = removing && home !== null && !home.labs.some((each) => each.lab === lab)
  useEffect(() => {
    if (gone) goHome()
  }, [gone])
  const failure = cancel.failure ?? remove.failure ?? again.failure
  return (
    <main className="screen" tabIndex={-1} id="main">
      <header className="bar">
        <button className="bar-logo" type="button" aria-label="Home" title="Home" onClick={goHome}>
          <Icon name="logo" size={20} />
        </button>
        <span className="mono strong" style={{ marginLeft: 6 }}>
          {lab}
        </span>
        <span className="ink3" style={{ marginLeft: 8 }}>
          {progress.topology}
        </span>
        {exercise && (
          <>
            <span className="bar-sep" />
            <span className="strong">{exercise.title}</span>
            <span className="ink3 wide-only" style={{ marginLeft: 8 }}>
              exercise {exercise.number}, about {exercise.minutes} min
            </span>
          </>
        )}
        <span className="grow" />
        {booting && (
          <span className="ink3 wide-only">
            {exercise ? 'Step 1 begins' : 'The lab is ready'} when a write commits and its standbys stream
          </span>
        )}
        <Button size="small" look="quiet" keys="F1" style={{ marginLeft: 12 }} onClick={() => show('help')}>
          Help
        </Button>
      </header>
      <div className="boot">
        <aside className="panel boot-left" aria-label="Progress">
          {/* reached by Tab where it scrolls: an error with a log may hold nothing else that can be focused */}
          <div className="boot-body" tabIndex={0} role="group" aria-label="Phases">
            <div className="boot-title">
              <h1 className="t4">{titleOf(progress)}</h1>
              <Elapsed progress={progress} />
            </div>
            <p className="next-text">
              {numberWord(progress.hosts.length)} {progress.hosts.length === 1 ? 'host' : 'hosts'}, a real cluster.
              {progress.usualMs !== undefined && !removing && ` Usually ${Math.round(progress.usualMs / 1000)} s here.`}
            </p>
            <Phases progress={progress} />
            {removing ? (
              <section className="boot-now" role="status">
                <h2>Now: removal</h2>
                <p>Hosts, their data and the network are removed. Nothing of the lab is left then.</p>
              </section>
            ) : progress.error ? (
              <div className="boot-now">
                <SaidBox said={progress.error} />
              </div>
            ) : (
              <NowAndNext progress={progress} />
            )}
            {failure && <SaidBox said={failure} />}
          </div>
          <footer className="boot-foot">
            {booting && (
              <Button busy={cancel.busy} keys="Esc" onClick={() => void cancel.run()}>
                {cancel.busy ? 'Removing the lab' : 'Cancel and remove the lab'}
              </Button>
            )}
            {progress.state === 'failed' && (
              <>
                <Button look="go" busy={again.busy} onClick={() => void again.run()}>
                  Remove it and try again
                </Button>
                <Button busy={remove.busy} onClick={() => void remove.run()}>
                  Remove the lab
                </Button>
              </>
            )}
          </footer>
        </aside>
        <BootPicture progress={progress} info={info} />
        <BootLog progress={progress} />
      </div>
      <footer className="status-bar">
        {home?.engine.version && (
          <span>
            Engine <b>Docker {home.engine.version}</b>
          </span>
        )}
        {info && (
          <span className="cut">
            Settings{' '}
            <b className="mono">
              ttl {info.settings.patroni.ttl}, loop_wait {info.settings.patroni.loop_wait}, retry_timeout{' '}
              {info.settings.patroni.retry_timeout}, synchronous_mode{' '}
              {info.settings.patroni.synchronous_mode ? 'on' : 'off'}
            </b>
          </span>
        )}
        <span className="grow" />
        <span>{count(progress.hosts.length, 'host')}, published on 127.0.0.1 only</span>
      </footer>
    </main>
  )
}

const titleOf = ({ state }: BootProgress): string =>
  ({
    booting: 'Booting the lab',
    healthy: 'The lab is ready',
    failed: 'The lab did not get healthy',
    removing: 'Removing the lab',
  })[state]

function NowAndNext({ progress }: { progress: BootProgress }) {
  const now = progress.phases.find(({ state }) => state === 'running')
  const next = progress.phases.find(({ state }) => state === 'waiting')
  return (
    <>
      {now && (
        <section className="boot-now" aria-live="polite">
          <h2>Now: {now.title}</h2>
          <p>{now.about}</p>
          {now.detail && (
            <p className="mono t1 ink3 tn" style={{ marginTop: 4 }}>
              {now.detail}
              {now.startedMs !== undefined && progress.state === 'booting' ? `, since ${duration(now.startedMs)}` : ''}
            </p>
          )}
        </section>
      )}
      {next && (
        <section className="boot-now boot-next">
          <h2>Next: {next.title}</h2>
          <p>{next.about}</p>
        </section>
      )}
    </>
  )
}
