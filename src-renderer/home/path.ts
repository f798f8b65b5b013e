import type { HomeView } from '../../src-main/contract/rpc.js'
import type { ExerciseSummary } from '../../src-main/contract/exercise.js'

/** The learning path as a line map: groups are rows; a column is how far along. */
export const groups = [
  { name: 'Read', about: 'Know what you see' },
  { name: 'Move', about: 'Change leader on purpose' },
  { name: 'Break', about: 'Lose things, keep the data' },
  { name: 'Recover', about: 'Bring it back whole' },
  { name: 'Protect', about: 'Backups that restore' },
  { name: 'Operate', about: 'Years, not minutes' },
] as const

/** Column where each row begins. Later stops of a row follow in the order of the curriculum. */
const firstColumn: Record<string, number> = { Read: 0, Move: 2, Break: 3, Recover: 5, Protect: 2, Operate: 3 }

/** The row that a row leaves from: at the stop before its own first column. */
const parentOf: Record<string, string> = {
  Move: 'Read',
  Protect: 'Read',
  Break: 'Move',
  Recover: 'Break',
  Operate: 'Protect',
}

export type StopState = 'done' | 'running' | 'open' | 'planned'

export interface Stop {
  number: number
  title: string
  minutes: number
  state: StopState
  /** Step of a running attempt, for example "4/7". */
  step: string | null
  exercise: ExerciseSummary | null
  row: number
  column: number
}

export interface PathLine {
  from: Stop
  to: Stop
  /** Both ends can be flown now. */
  open: boolean
}

function stateOf({ attempt }: ExerciseSummary): StopState {
  if (attempt?.state === 'running') return 'running'
  return attempt?.state === 'finished' ? 'done' : 'open'
}

export interface Path {
  stops: Stop[]
  lines: PathLine[]
  /** Planned things that are in no row, for example incidents. */
  others: { title: string; group: string; minutes: number }[]
}

export function pathOf({ exercises, planned }: Pick<HomeView, 'exercises' | 'planned'>): Path {
  const rows = groups.map((): Stop[] => [])
  const rowOf = (group: string): number => groups.findIndex(({ name }) => name === group)
  for (const exercise of exercises) {
    const { number, title, minutes, group, attempt, steps } = exercise
    const row = rowOf(group)
    const step = attempt?.state === 'running' ? `${attempt.step + 1}/${steps}` : null
    rows[row]?.push({ number, title, minutes, state: stateOf(exercise), step, exercise, row, column: 0 })
  }
  for (const { number, title, minutes, group } of planned) {
    const row = rowOf(group)
    rows[row]?.push({ number, title, minutes, state: 'planned', step: null, exercise: null, row, column: 0 })
  }
  const stops = rows.flatMap((row, at) =>
    row
      .toSorted((a, b) => a.number - b.number)
      .map((stop, index) => ({ ...stop, column: firstColumn[groups[at]!.name]! + index })),
  )
  return { stops, lines: linesOf(stops), others: planned.filter(({ group }) => rowOf(group) < 0) }
}

function linesOf(stops: Stop[]): PathLine[] {
  const along = stops.flatMap((from) =>
    stops.filter((to) => to.row === from.row && to.column === from.column + 1).map((to) => [from, to] as const),
  )
  const inRow = (name: string): Stop[] => stops.filter(({ row }) => groups[row]!.name === name)
  const across = Object.entries(parentOf).flatMap(([child, parent]) => {
    const to = inRow(child)[0]
    const from = to && inRow(parent).findLast(({ column }) => column < to.column)
    return to && from ? [[from, to] as const] : []
  })
  return [...along, ...across].map(([from, to]) => ({
    from,
    to,
    open: from.state !== 'planned' && to.state !== 'planned',
  }))
}

/** What to fly next: the running attempt, or the first exercise that is not done, or the first of all. */
export function nextExercise(exercises: readonly ExerciseSummary[]): ExerciseSummary | null {
  const inOrder = exercises.toSorted((a, b) => a.number - b.number)
  return (
    inOrder.find((exercise) => stateOf(exercise) === 'running') ??
    inOrder.find((exercise) => stateOf(exercise) === 'open') ??
    inOrder[0] ??
    null
  )
}
