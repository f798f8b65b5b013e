import { useState } from 'react'
import { useHome } from '../app/lab-data.js'
import { useStream } from '../app/use-stream.js'
import { Guide } from '../guide/guide.js'
import { LabNotes } from './lab-notes.js'
import { WorkspacePanels } from './panels.js'
import { ViolationsBar } from './violations-bar.js'
import { TopBar } from './top-bar.js'

/** One lab at work: guide, topology, terminals, timeline. */
export function Workspace({ lab }: { lab: string }) {
  const { home } = useHome()
  const summary = home?.labs.find((each) => each.lab === lab)
  // a finished attempt leaves the lab's summary; its guide stays until the learner goes
  const [last, setLast] = useState<string | null>(null)
  const now = summary?.attempt ?? null
  if (now && now !== last) setLast(now)
  const attemptId = now ?? last
  const { value: attempt, failure } = useStream('attempts.watch', attemptId ? { attempt: attemptId } : null)
  // the last number, as an exercise may stand for two of them
  const total = Math.max(0, ...[...(home?.exercises ?? []), ...(home?.planned ?? [])].map(({ number }) => number))
  return (
    <main className="screen" tabIndex={-1} id="main">
      <h1 className="sr-only">{attempt ? `${attempt.exercise.title} in lab ${lab}` : `Lab ${lab}`}</h1>
      <TopBar lab={lab} topology={summary?.topology ?? ''} attempt={attempt} total={total} />
      <ViolationsBar key={lab} lab={lab} />
      <WorkspacePanels
        lab={lab}
        guide={
          attempt ? (
            <Guide attempt={attempt} />
          ) : (
            <LabNotes lab={lab} waiting={attemptId !== null && !failure} failure={failure} />
          )
        }
      />
    </main>
  )
}
