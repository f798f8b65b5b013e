import { useEffect, useRef } from 'react'
import type { AttemptView } from '../../src-main/contract/exercise.js'
import { useCommands } from '../app/commands.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button, IconButton } from '../ui/button.js'
import { Panel } from '../ui/panel.js'
import { SaidBox } from '../ui/said.js'
import { Actions } from './actions.js'
import { Checks } from './checks.js'
import { currentStep } from './current-step.js'
import { DiagnosisBox } from './diagnosis.js'
import { GuideFoot } from './guide-foot.js'
import { ShownHints } from './hints.js'
import { Prose } from './prose.js'
import { Questions } from './questions.js'
import { Readouts } from './readouts.js'
import { Summary } from './summary.js'
import './guide.css'

/** The step: what it is about, what to run and answer, how the cluster answers back. */
export function Guide({ attempt }: { attempt: AttemptView }) {
  const { step, steps } = attempt
  const current = currentStep(attempt)
  const back = attempt.state === 'running' && step.index !== current
  const client = createClient()
  const id = attempt.id
  const look = useCall((to: number) => client.attempts.look({ attempt: id, step: to }))
  const body = useRef<HTMLDivElement>(null)
  // what was just asked for is answered where the learner looks, also when the prose is long
  const showChecks = () =>
    body.current?.querySelector('.checks-head')?.parentElement?.scrollIntoView({ block: 'nearest' })
  const check = useCall(async () => {
    await client.attempts.check({ attempt: id })
    showChecks()
  })
  const next = useCall(() => client.attempts.next({ attempt: id }))
  const hint = useCall(() => client.attempts.hint({ attempt: id }))
  const solve = useCall(() => client.attempts.solve({ attempt: id }))
  const reset = useCall(() => client.attempts.reset({ attempt: id }))
  useEffect(() => {
    // a new step is read from its beginning, and so is the summary at the end
    body.current?.scrollTo({ top: 0, behavior: 'instant' })
  }, [step.id, attempt.state])
  const diagnosed = step.done ? undefined : step.diagnosis?.id
  useEffect(() => {
    // a mistake that was made elsewhere, in a terminal, is named where the learner looks
    if (diagnosed) body.current?.querySelector('[aria-label="Diagnosis"]')?.scrollIntoView({ block: 'nearest' })
  }, [diagnosed])
  const told = step.hints.shown.length + (step.solution === null ? 0 : 1)
  const before = useRef({ step: step.id, told })
  useEffect(() => {
    // a hint stands under the checks, which may be far below what is being read when it is asked for
    if (before.current.step === step.id && told > before.current.told)
      body.current?.querySelector('.hint:last-child')?.scrollIntoView({ block: 'nearest' })
    before.current = { step: step.id, told }
  }, [step.id, told])

  const running = attempt.state === 'running'
  const canNext = running && !back && step.done
  const moreHints = step.hints.shown.length < step.hints.total
  useCommands('guide', [
    ...(running && !back && !step.done
      ? [{ id: 'check', title: 'Check now', group: 'Exercise' as const, keys: 'F9', run: () => void check.run() }]
      : []),
    ...(canNext
      ? [{ id: 'next', title: 'Next step', group: 'Exercise' as const, keys: 'F10', run: () => void next.run() }]
      : []),
    ...(running && moreHints
      ? [
          {
            id: 'hint',
            title: `Show hint ${step.hints.shown.length + 1}`,
            group: 'Exercise' as const,
            keys: 'Alt H',
            notInTerminal: true, // the shell's own key
            run: () => void hint.run(),
          },
        ]
      : []),
    ...steps
      .map((each, index) => ({ each, index }))
      .filter(({ each, index }) => each.state !== 'ahead' && index !== step.index)
      .map(({ each, index }) => ({
        id: `look-${each.id}`,
        title: `Look at step ${index + 1}: ${each.title}`,
        group: 'Go to' as const,
        run: () => void look.run(index),
      })),
  ])

  const failure = [check, next, hint, solve, look, reset].find((call) => call.failure)?.failure
  return (
    <Panel
      id="guide"
      title="Guide"
      tools={
        <>
          <span className="mono tn">
            {step.index + 1} of {steps.length}
          </span>
          <IconButton
            icon="left"
            label="Look at the step before"
            aria-disabled={step.index === 0}
            onClick={() => step.index > 0 && void look.run(step.index - 1)}
          />
          <IconButton
            icon="right"
            label="Look at the step after"
            aria-disabled={!back}
            onClick={() => back && void look.run(step.index + 1)}
          />
        </>
      }
    >
      <div className="guide">
        <div className="guide-body" ref={body} tabIndex={-1} data-panel-focus>
          {attempt.state === 'finished' && <Summary attempt={attempt} />}
          {back && (
            <p className="guide-note">
              <span className="grow">You are looking back.</span>
              <Button size="small" busy={look.busy} onClick={() => void look.run(current)}>
                Back to step {current + 1}
              </Button>
            </p>
          )}
          <h3 className="guide-title">{step.title}</h3>
          {running && !back && !step.baseline.ok && (
            <div className="diagnosis">
              <SaidBox
                said={{
                  what: 'This step can not begin yet',
                  why: step.baseline.why,
                  next: 'Reset the step, or put it right by hand',
                }}
              />
              <div>
                <Button size="small" busy={reset.busy} onClick={() => void reset.run()}>
                  Reset the step
                </Button>
              </div>
            </div>
          )}
          <Prose text={step.prose} lab={attempt.lab} />
          <Readouts readouts={step.readouts} />
          <Questions attempt={attempt} canAnswer={running && !back && !step.done} onAnswered={showChecks} />
          {running && !back && <Actions lab={attempt.lab} actions={step.actions} />}
          <Checks
            key={step.id}
            checks={step.checks}
            startedAt={attempt.startedAt}
            diagnosis={
              step.diagnosis && !step.done ? (
                <DiagnosisBox diagnosis={step.diagnosis} onReset={running && !back ? reset : null} />
              ) : null
            }
          />
          {step.afterwards && (
            <div className="guide-group">
              <Prose text={step.afterwards} lab={attempt.lab} />
            </div>
          )}
          <ShownHints step={step} lab={attempt.lab} />
          {failure && (
            <div className="guide-group">
              <SaidBox said={failure} />
            </div>
          )}
        </div>
        {running && !back && (
          <GuideFoot
            step={step}
            last={step.index === steps.length - 1}
            check={check}
            next={next}
            hint={hint}
            solve={solve}
            onShowChecks={showChecks}
          />
        )}
      </div>
    </Panel>
  )
}
