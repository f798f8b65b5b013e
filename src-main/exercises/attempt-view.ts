import type { AttemptView, ExerciseSummary, QuestionView, StepView } from '../contract/exercise.js'
import type { AttemptState, StepState } from './attempt-state.js'
import { newStepState } from './attempt-state.js'
import type { StepSpec } from './format.js'
import type { Exercise } from './load.js'
import { fillText } from './template.js'

/** What the engine knows of the step that is under way, beside the state on disk. */
export interface Live {
  /** The step with its variables; null while it can't begin. */
  step: StepSpec | null
  checks: StepView['checks']
  diagnosis: StepView['diagnosis']
  readouts: StepView['readouts']
  baseline: StepView['baseline']
}

export function exerciseCard({ spec }: Exercise): Omit<ExerciseSummary, 'attempt'> {
  const { exercise, number, title, goal, group, kind, topology, minutes, difficulty, steps } = spec
  return { slug: exercise, number, title, goal, group, kind, topology, minutes, difficulty, steps: steps.length }
}

export function attemptViewOf(exercise: Exercise, state: AttemptState, live: Live): AttemptView {
  const shown = state.looking ?? state.step
  return {
    id: state.id,
    exercise: exerciseCard(exercise),
    lab: state.lab,
    state: state.state,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    steps: exercise.spec.steps.map(({ step, title }, index) => {
      const doneAt = state.steps[step]?.doneAt ?? null
      const finished = index < state.step || doneAt !== null
      return {
        id: step,
        title: fillText(title, state.variables),
        state: finished ? 'done' : index === state.step && state.state === 'running' ? 'current' : 'ahead',
        doneAt,
      }
    }),
    step: stepViewOf(exercise, state, shown, shown === state.step ? live : null),
    summary: state.summary,
  }
}

function stepViewOf(exercise: Exercise, state: AttemptState, index: number, live: Live | null): StepView {
  const { variables } = state
  const declared = exercise.spec.steps[index]!
  const kept = state.steps[declared.step] ?? newStepState()
  const prose = exercise.prose[index]!
  // an earlier step is shown as it was: its variables are bound, its verdicts frozen
  const step = live ? live.step : exercise.stepWith(index, variables)
  const done = kept.doneAt !== null
  const titles = declared.checks.map(({ id, title, mode }) => ({
    id,
    title: fillText(title, variables),
    mode,
    result: null,
    at: null,
    passedAt: null,
  }))
  return {
    id: declared.step,
    index,
    title: fillText(declared.title, variables),
    prose: fillText(prose.text, variables),
    afterwards: done && prose.afterwards !== null ? fillText(prose.afterwards, variables) : null,
    questions: step ? step.questions.map((question) => questionView(question, kept)) : [],
    readouts: done ? kept.readouts : (live?.readouts ?? []),
    checks: live ? (live.step ? live.checks : titles) : titles.map((check) => kept.checks[check.id] ?? check),
    diagnosis: live && !done ? live.diagnosis : null,
    hints: { total: declared.hints.length, shown: (step?.hints ?? []).slice(0, kept.hints) },
    hasSolution: declared.solution.length > 0,
    solution: kept.solution,
    baseline: live ? live.baseline : { ok: true, why: 'Done' },
    done,
    actions: step && live && !done ? step.actions : [],
  }
}

function questionView(question: StepSpec['questions'][number], kept: StepState): QuestionView {
  const { id, ask, kind, unit, choices, prediction } = question
  const given = kept.answers[id]
  return {
    id,
    ask,
    kind,
    prediction,
    ...(unit === undefined ? {} : { unit }),
    ...(choices === undefined ? {} : { choices }),
    answer: given?.value ?? null,
    answeredAt: given?.at ?? null,
  }
}
