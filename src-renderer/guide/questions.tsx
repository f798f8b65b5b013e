import { useId, useState, type FormEvent } from 'react'
import type { AttemptView, QuestionView } from '../../src-main/contract/exercise.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { SaidBox } from '../ui/said.js'

/** Asked before it is revealed. A prediction is kept as it was made; an answer can be changed. */
export function Questions(props: { attempt: AttemptView; canAnswer: boolean; onAnswered: () => void }) {
  const { attempt, canAnswer, onAnswered } = props
  return attempt.step.questions.map((question) => (
    <Question
      key={question.id}
      attempt={attempt.id}
      question={question}
      canAnswer={canAnswer}
      onAnswered={onAnswered}
    />
  ))
}

function Question(props: { attempt: string; question: QuestionView; canAnswer: boolean; onAnswered: () => void }) {
  const { attempt, question, canAnswer, onAnswered } = props
  // counted: the app can show an answer before the call that gave it returns, and that must not close the next form
  const [change, setChange] = useState({ nth: 0, open: false })
  const answered = question.answer !== null
  if (answered && !change.open) {
    return (
      <div className="answer guide-group">
        <span className="answer-ask ink2">{question.ask}</span>
        <span className="answer-given">
          <span className="ink3 t1">{question.prediction ? 'you predicted ' : 'your answer '}</span>
          <span className="mono">
            {question.answer}
            {question.unit ? ` ${question.unit}` : ''}
          </span>
        </span>
        {canAnswer && !question.prediction && (
          <Button
            size="small"
            look="quiet"
            aria-label={`Change your answer: ${question.ask}`}
            onClick={() => setChange(({ nth }) => ({ nth: nth + 1, open: true }))}
          >
            Change
          </Button>
        )}
      </div>
    )
  }
  if (!canAnswer) return <p className="answer guide-group ink2">{question.ask} Not answered.</p>
  return (
    <QuestionForm
      attempt={attempt}
      question={question}
      onDone={() => {
        setChange((now) => (now.nth === change.nth ? { ...now, open: false } : now))
        onAnswered()
      }}
    />
  )
}

function QuestionForm({ attempt, question, onDone }: { attempt: string; question: QuestionView; onDone: () => void }) {
  const [value, setValue] = useState(question.answer === null ? '' : String(question.answer))
  const id = useId()
  const send = useCall(async () => {
    const given = question.kind === 'number' ? Number(value.replace(',', '.')) : value.trim()
    await createClient().attempts.answer({ attempt, question: question.id, value: given })
    onDone()
  })
  const valid = value.trim() !== '' && (question.kind !== 'number' || Number.isFinite(Number(value.replace(',', '.'))))
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (valid) void send.run()
  }
  return (
    <form onSubmit={onSubmit}>
      <fieldset className="question">
        <legend id={id}>{question.ask}</legend>
        <div className="question-form">
          {question.kind === 'choice' ? (
            <div className="question-choices">
              {question.choices?.map((choice) => (
                <label key={choice} className="option">
                  <input type="radio" name={id} checked={value === choice} onChange={() => setValue(choice)} />
                  <span>{choice}</span>
                </label>
              ))}
            </div>
          ) : (
            <>
              <input
                className={`field mono ${question.kind === 'text' ? 'field-text' : ''}`}
                inputMode={question.kind === 'number' ? 'decimal' : 'text'}
                aria-labelledby={id}
                autoComplete="off"
                spellCheck={false}
                value={value}
                onChange={(event) => setValue(event.target.value)}
              />
              {question.unit && <span className="mono ink2">{question.unit}</span>}
            </>
          )}
          <Button
            type="submit"
            size="small"
            busy={send.busy}
            aria-disabled={!valid || undefined}
            onClick={() => undefined}
          >
            {question.prediction ? 'Record my prediction' : 'Answer'}
          </Button>
          {question.prediction && <span className="t1 ink3">kept as it is, not marked</span>}
        </div>
        {send.failure && <SaidBox said={send.failure} />}
      </fieldset>
    </form>
  )
}
