import { z } from 'zod'
import { defineCheck, fail, passIf } from './check.js'
import { operator, satisfies, wordsOf } from './operators.js'

const params = z.strictObject({
  question: z.string().describe('Id of a question'),
  is: operator.describe('What the answer must be'),
})

/** For diagnoses: a certain wrong answer has a certain cause. What is right is the live cluster's to say: kind `answer`. */
export const answered = defineCheck({
  kind: 'answered',
  summary: 'The learner gave a certain answer, right or wrong',
  params,
  sources: ['the learner'],
  evaluate: async ({ params: { question, is }, answers }) => {
    const expected = `an answer of ${wordsOf(is)}`
    const given = answers.get(question)
    if (!given) return fail({ expected, observed: 'not answered yet', why: 'Nothing was answered' })
    const evidence = [{ source: 'your answer', value: given.value }]
    const said = { expected, observed: `you answered ${given.value}`, why: 'As answered', evidence }
    return passIf(satisfies(given.value, is), said)
  },
})
