import { z } from 'zod'
import { defineCheck, fail, pass } from './check.js'
import { operator, satisfies, wordsOf } from './operators.js'

const params = z.strictObject({
  question: z.string().describe('Id of a question with `prediction: true`'),
  plausible: operator
    .optional()
    .describe('What a prediction must at least be to be recorded; generous, never the answer'),
  unit: z.string().optional().describe('Unit in words, for the verdict'),
  before: z
    .string()
    .optional()
    .describe('Only counts when it was given before this other check first passed: afterwards, the outcome shows'),
})

export const prediction = defineCheck({
  kind: 'prediction',
  summary: 'A prediction is recorded before it is revealed; it is not marked right or wrong',
  params,
  sources: ['the learner'],
  evaluate: async ({ params: { question, plausible, unit = '', before }, answers, results }) => {
    const expected = plausible === undefined ? 'a prediction' : `a prediction of ${wordsOf(plausible, unit)}`
    const given = answers.get(question)
    if (!given) return fail({ expected, observed: 'none yet', why: 'A prediction counts before the outcome is known' })
    const evidence = [{ source: 'your prediction', value: given.value }]
    const observed = `${given.value}${unit && ` ${unit}`}`
    if (plausible !== undefined && !satisfies(given.value, plausible)) {
      return fail({ expected, observed, why: 'That cannot be what happens here', evidence })
    }
    const shownAt = before === undefined ? null : (results.get(before)?.passedAt ?? null)
    if (shownAt !== null && given.at > shownAt) {
      return fail({
        expected,
        observed,
        why: `It came after ${before} had passed, when the outcome could be seen`,
        evidence,
      })
    }
    return pass({ expected, observed, why: 'Recorded; the measurement comes later', evidence })
  },
})
