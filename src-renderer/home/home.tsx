import { useEffect, useState } from 'react'
import type { ExerciseSummary } from '../../src-main/contract/exercise.js'
import { useCommands } from '../app/commands.js'
import { createClient } from '../app/connection.js'
import { useHome } from '../app/lab-data.js'
import { useOverlays } from '../app/overlays.js'
import { goToLab } from '../app/route.js'
import { themeChoices } from '../app/help.js'
import { useTheme, type ThemeChoice } from '../app/theme.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { Icon } from '../ui/icons.js'
import { Segments } from '../ui/segments.js'
import { LearningPath } from './learning-path.js'
import { NextUp } from './next-up.js'
import { nextExercise } from './path.js'
import { RunningLabs } from './running-labs.js'
import { StartLab } from './start-lab.js'
import { StatusBar } from './status-bar.js'
import './home.css'

/** What to do next, what runs, and the way ahead. */
export function Home() {
  const { home, stale } = useHome()
  const show = useOverlays((state) => state.show)
  const { choice, choose } = useTheme()
  const [selected, setSelected] = useState<string | null>(null)
  const start = useCall(async (exercise: ExerciseSummary) => {
    const begun = await createClient().exercises.start({ slug: exercise.slug })
    goToLab(begun.lab)
  })
  const exercise = home?.exercises.find(({ slug }) => slug === selected) ?? (home ? nextExercise(home.exercises) : null)
  useCommands('home', [
    ...(home?.labs ?? []).map(({ lab }) => ({
      id: `open-${lab}`,
      title: `Open lab ${lab}`,
      group: 'Go to' as const,
      run: () => goToLab(lab),
    })),
    ...(home?.exercises ?? []).map((each) => ({
      id: `exercise-${each.slug}`,
      title: each.attempt?.state === 'running' ? `Continue ${each.title}` : `Start ${each.title}`,
      group: 'Exercise' as const,
      run: () => (each.attempt?.state === 'running' ? goToLab(each.attempt.lab) : void start.run(each)),
    })),
  ])
  return (
    <main className="screen" tabIndex={-1} id="main">
      <header className="bar">
        <Icon name="logo" size={20} />
        <h1 className="strong" style={{ marginLeft: 12 }}>
          pg-ha-dojo
        </h1>
        <span className="ink3 grow cut" style={{ marginLeft: 12 }}>
          A flight simulator for PostgreSQL high availability. The cluster is real.
        </span>
        <Segments<ThemeChoice> label="Colour scheme" choices={themeChoices} value={choice} onChange={choose} />
        <Button size="small" look="quiet" keys="Ctrl K" style={{ marginLeft: 8 }} onClick={() => show('find')}>
          Find
        </Button>
        <Button size="small" look="quiet" keys="F1" onClick={() => show('help')}>
          Help
        </Button>
      </header>
      {home ? (
        <>
          <div className="home-top">
            <NextUp home={home} exercise={exercise} start={start} />
            <RunningLabs home={home} />
          </div>
          <LearningPath
            home={home}
            selected={exercise?.slug ?? null}
            onSelect={(chosen) => setSelected(chosen.slug)}
            aside={
              <StartLab
                disabled={home.engine.state !== 'ready' || home.image.state !== 'current'}
                flown={home.exercises.toSorted((a, b) => a.number - b.number).map(({ topology }) => topology)}
              />
            }
          />
          <StatusBar home={home} stale={stale} />
        </>
      ) : (
        <Waiting />
      )}
    </main>
  )
}

/** Nothing is known yet: said only when it lasts. */
function Waiting() {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 1_500)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="panel" aria-busy="true">
      {long && <p className="home-waiting ink2">Asking the engine what runs.</p>}
    </div>
  )
}
