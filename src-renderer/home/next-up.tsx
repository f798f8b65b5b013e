import type { ExerciseSummary } from '../../src-main/contract/exercise.js'
import type { HomeView } from '../../src-main/contract/rpc.js'
import { useCommands } from '../app/commands.js'
import { goToLab } from '../app/route.js'
import type { Call } from '../app/use-call.js'
import { useStream } from '../app/use-stream.js'
import { Button } from '../ui/button.js'
import { count, minutes, numberWord } from '../ui/format.js'
import { currentStep } from '../guide/current-step.js'
import { SaidBox, sentence } from '../ui/said.js'
import { BuildImage } from './build-image.js'

/** The one obvious way in: repair the engine, build the image, continue, or start. */
export function NextUp(props: {
  home: HomeView
  exercise: ExerciseSummary | null
  start: Call<[ExerciseSummary], void>
}) {
  const { home, exercise, start } = props
  return (
    <section className="next-up" aria-label="Next">
      {home.engine.state !== 'ready' ? (
        <EngineAway home={home} />
      ) : home.image.state !== 'current' ? (
        <BuildImage building={home.image.state === 'building'} />
      ) : exercise?.attempt?.state === 'running' ? (
        <Continue exercise={exercise} lab={exercise.attempt.lab} />
      ) : exercise ? (
        <Begin
          exercise={exercise}
          first={home.exercises.every(({ attempt }) => attempt?.state !== 'finished')}
          start={start}
        />
      ) : (
        <SaidBox
          said={{
            what: 'No exercise could be read',
            why: 'the folder labs/exercises holds none that is valid',
            next: 'Run `dojo exercise list`: it names the file and the line',
          }}
        />
      )}
      {start.failure && <SaidBox said={start.failure} />}
    </section>
  )
}

function EngineAway({ home }: { home: HomeView }) {
  const { error, where } = home.engine
  return (
    <>
      <h2 className="t4">A container engine is needed first</h2>
      <SaidBox
        said={
          error ?? {
            what: `The engine is ${home.engine.state}`,
            why: where ? `asked at ${where}` : 'none was found',
            next: 'Run `dojo doctor` for what to do',
          }
        }
      />
      <p className="t1 ink3" style={{ marginTop: 8 }}>
        Looked at again every few seconds.
      </p>
    </>
  )
}

function Continue({ exercise, lab }: { exercise: ExerciseSummary; lab: string }) {
  const { value: attempt } = useStream('attempts.watch', exercise.attempt ? { attempt: exercise.attempt.id } : null)
  const at = attempt ? currentStep(attempt) : (exercise.attempt?.step ?? 0)
  const left = exercise.steps - at
  const title = attempt?.steps[at]?.title
  const go = () => goToLab(lab)
  useCommands('next-up', [
    { id: 'continue', title: `Continue ${exercise.title}`, group: 'Exercise', keys: 'Enter', whenIdle: true, run: go },
  ])
  return (
    <>
      <h2 className="t4">
        {title ? `${exercise.title}: ${title.charAt(0).toLowerCase()}${title.slice(1)}` : exercise.title}
      </h2>
      <p className="next-text">
        Your lab {lab} is running. {numberWord(left)} {left === 1 ? 'step' : 'steps'} to go, about{' '}
        {minutes(Math.max(1, Math.round((exercise.minutes * left) / Math.max(1, exercise.steps))))}.
      </p>
      <div className="row">
        <Button look="go" size="large" keys="Enter" onClick={go}>
          Continue at step {at + 1} of {exercise.steps}
        </Button>
      </div>
    </>
  )
}

function Begin(props: { exercise: ExerciseSummary; first: boolean; start: Call<[ExerciseSummary], void> }) {
  const { exercise, first, start } = props
  const firstFlight = first && exercise.slug === 'failover'
  const again = exercise.attempt?.state === 'finished'
  const name = firstFlight
    ? 'Fly your first failover'
    : again
      ? `Fly ${exercise.title} again`
      : `Start ${exercise.title}`
  const run = () => void start.run(exercise)
  useCommands('next-up', [{ id: 'begin', title: name, group: 'Exercise', keys: 'Enter', whenIdle: true, run }])
  return (
    <>
      <h2 className="t4">{firstFlight ? 'Your first failover' : exercise.title}</h2>
      <p className="next-text">{sentence(exercise.goal)}</p>
      <div className="row">
        <Button look="go" size="large" keys="Enter" busy={start.busy} onClick={run}>
          {name}, {minutes(exercise.minutes)}
        </Button>
        <span className="ink3">
          {count(exercise.steps, 'step')},{' '}
          {exercise.difficulty === 'first' ? 'no experience needed' : exercise.difficulty}, a lab of{' '}
          <span className="mono">{exercise.topology}</span> starts for it
        </span>
      </div>
    </>
  )
}
