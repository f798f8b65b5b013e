import { DojoError, labGone } from '../contract/errors.js'
import type { AttemptView, ExerciseSummary } from '../contract/exercise.js'
import {
  attemptSummary,
  createAttempt,
  exerciseCard,
  listAttempts,
  loadExercise,
  newAttemptId,
  openAttempt,
  type Attempt,
  type AttemptState,
  type Exercise,
} from '../exercises/index.js'
import { beginLab, listLabs, openLab } from '../lab/labs.js'
import type { Home } from '../lab/store.js'
import { logFor } from '../util/log.js'
import { latest } from './pace.js'
import type { Sessions } from './sessions.js'

const log = logFor('attempts')

/** Attempts of this process. One process runs an attempt; it is kept in its lab's folder, and survives the process. */
export interface Attempts {
  /** Boots a lab unless one is named; returns at once, the attempt begins when the lab is healthy. */
  start(slug: string, lab?: string): Promise<{ attempt: string; lab: string }>
  watch(id: string, signal?: AbortSignal): AsyncGenerator<AttemptView>
  /** The attempt, once its lab is up. @throws DojoError unknown-attempt, or why its lab did not come up */
  get(id: string): Promise<Attempt>
  /** Goes on with what was running in these labs when the app ended. */
  resume(labs: readonly string[]): Promise<void>
  /** Exercises with their newest attempt. */
  list(exercises: readonly Exercise[]): Promise<ExerciseSummary[]>
  /** Whether an attempt is running, or waits for its lab. */
  running(): boolean
  onChange(listener: () => void): () => void
  closeLab(lab: string): Promise<void>
  closeAll(): Promise<void>
}

interface Entry {
  id: string
  slug: string
  lab: string
  attempt: Promise<Attempt>
  /** null while its lab boots. */
  live: Attempt | null
  ended: AbortController
}

export function createAttempts(home: () => Promise<Home>, sessions: Sessions): Attempts {
  const entries = new Map<string, Entry>()
  const failed = new WeakSet<Entry>()
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of listeners) listener()
  }

  const enter = (id: string, slug: string, lab: string, begin: () => Promise<Attempt>): Entry => {
    const entry: Entry = { id, slug, lab, attempt: begin(), live: null, ended: new AbortController() }
    entries.set(id, entry)
    entry.attempt.then(
      (attempt) => {
        entry.live = attempt
        attempt.onView(changed)
        changed()
      },
      (err: unknown) => {
        log.warn({ attempt: id, lab, err }, 'the attempt did not begin')
        failed.add(entry)
        changed()
      },
    )
    return entry
  }

  const reopen = (state: AttemptState, lab: string): Entry =>
    enter(state.id, state.exercise, lab, async () => {
      const [session, exercise] = await Promise.all([sessions.get(lab), loadExercise(state.exercise)])
      const attempt = await openAttempt({ exercise, world: session.world, id: state.id })
      log.info({ attempt: state.id, lab }, 'attempt resumed')
      return attempt
    })

  const entryOf = async (id: string): Promise<Entry> => {
    const known = entries.get(id)
    if (known) return known
    for (const { lab, state } of await kept(await home())) {
      if (state.id === id) return entries.get(id) ?? reopen(state, lab)
    }
    throw new DojoError('unknown-attempt', {
      what: `No attempt "${id}"`,
      why: 'it was never begun here, or its lab was removed and the attempt with it',
      next: 'Begin the exercise again',
    })
  }

  const labFor = async (exercise: Exercise, lab: string | undefined): Promise<string> => {
    const { topology } = exercise.spec
    const at = await home()
    if (lab === undefined) return (await beginLab({ topology }, at)).lab
    const { info, dir } = await openLab(lab, at)
    if (info.topology !== topology) throw otherTopology(exercise.slug, topology, info.topology)
    const running = (await listAttempts(dir)).find(({ state }) => state === 'running')
    const waits = [...entries.values()].some((entry) => entry.lab === lab && !entry.live && !failed.has(entry))
    if (running || waits) throw taken(lab, running?.exercise ?? exercise.slug)
    return lab
  }

  return {
    async start(slug, named) {
      const exercise = await loadExercise(slug)
      const lab = await labFor(exercise, named)
      const id = newAttemptId(slug)
      enter(id, slug, lab, async () => {
        const { world } = await sessions.get(lab)
        return await createAttempt({ exercise, world, id })
      })
      changed()
      return { attempt: id, lab }
    },
    async *watch(id, signal) {
      const { attempt: coming, ended, lab } = await entryOf(id)
      const attempt = await coming
      yield* latest<AttemptView>((gives) => {
        const onEnd = (): void => gives.end(labGone(lab))
        ended.signal.addEventListener('abort', onEnd, { once: true })
        gives.put(attempt.view())
        const stop = attempt.onView(gives.put)
        return () => {
          ended.signal.removeEventListener('abort', onEnd)
          stop()
        }
      }, signal)
    },
    get: async (id) => (await entryOf(id)).attempt,
    async resume(labs) {
      const running = (await kept(await home())).filter(
        ({ lab, state }) => state.state === 'running' && labs.includes(lab) && !entries.has(state.id),
      )
      await Promise.all(running.map(({ state, lab }) => reopen(state, lab).attempt.catch(() => undefined)))
    },
    list: async (exercises) => {
      const attempts = await kept(await home())
      const newest = (slug: string): ExerciseSummary['attempt'] => {
        // one whose lab still boots has no file yet
        const coming = [...entries.values()].findLast(
          (entry) => entry.slug === slug && entry.live === null && !failed.has(entry),
        )
        if (coming) return { id: coming.id, lab: coming.lab, state: 'running', step: 0 }
        const [found] = attempts
          .filter(({ state }) => state.exercise === slug)
          .toSorted((a, b) => b.state.startedAt - a.state.startedAt)
        return found ? attemptSummary(found.state) : null
      }
      return exercises.map((exercise) => ({ ...exerciseCard(exercise), attempt: newest(exercise.slug) }))
    },
    running: () =>
      [...entries.values()].some((entry) => (entry.live ? entry.live.view().state === 'running' : !failed.has(entry))),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async closeLab(lab) {
      for (const entry of entries.values()) {
        if (entry.lab !== lab) continue
        entries.delete(entry.id)
        entry.ended.abort()
        await entry.live?.stop()
      }
      changed()
    },
    async closeAll() {
      await Promise.all([...entries.values()].map(async ({ live }) => live?.stop()))
      entries.clear()
    },
  }
}

async function kept(home: Home): Promise<{ lab: string; state: AttemptState }[]> {
  const perLab = (await listLabs(home)).map(async ({ lab }) => {
    const attempts = await openLab(lab, home)
      .then(({ dir }) => listAttempts(dir))
      .catch(() => []) // just removed
    return attempts.map((state) => ({ lab, state }))
  })
  return (await Promise.all(perLab)).flat()
}

const otherTopology = (slug: string, wanted: string, found: string): DojoError =>
  new DojoError('usage', {
    what: `Exercise "${slug}" does not run on this lab`,
    why: `it needs topology ${wanted}, and the lab is a ${found}`,
    next: `Leave the lab out, and one is started`,
  })

const taken = (lab: string, exercise: string): DojoError =>
  new DojoError('lab-busy', {
    what: `Lab "${lab}" is in use`,
    why: `an attempt of exercise "${exercise}" runs on it`,
    next: 'Abandon that attempt first, or leave the lab out, and another one is started',
  })
