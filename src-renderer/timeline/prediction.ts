import type { LabEvent } from '../../src-main/contract/record.js'
import type { Prediction } from './lane-client.js'
import type { Mark } from './marks.js'

/**
 * The learner's prediction of the outage, as recorded when it was answered, counted from the first cause after it.
 * Null while there is none, or nothing has happened yet.
 */
export function predictionIn(events: readonly LabEvent[], marks: readonly Mark[]): Prediction | null {
  const answer = events.findLast((event) => event.kind === 'answer' && event.data['prediction'] === true)
  const seconds = Number(answer?.data['value'])
  if (!answer || !Number.isFinite(seconds)) return null
  const cause = marks.find((mark) => mark.cause && mark.t >= answer.t)
  return cause ? { at: cause.t, seconds } : null
}
