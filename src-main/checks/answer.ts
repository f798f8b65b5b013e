import { z } from 'zod'
import { defineCheck, fail, notAsked, pass } from './check.js'
import { normalise, same } from './operators.js'
import { readValue, valueSpec } from './values.js'

const scalar = z.union([z.string(), z.number(), z.boolean()])

const params = z.strictObject({
  question: z.string().describe('Id of a question of this step'),
  live: valueSpec.describe('Live value that the answer is compared with'),
  means: z
    .record(z.string(), scalar)
    .optional()
    .describe(
      'For choices: which live value each choice claims. A choice that claims nothing true here may be left out',
    ),
  tolerance: z.number().min(0).optional().describe('For numbers: how far the answer may be off'),
  unseen: z
    .strictObject({
      value: valueSpec.describe('What the answer is compared with instead'),
      once: z.string().describe('Only when this other check has passed, and nothing came in the seconds after it'),
    })
    .optional()
    .describe('For live values from the flight recorder: what holds when the app was not running to see it'),
  what: z
    .string()
    .describe('What is asked for, in words: the verdict shows it where the value itself would give it away'),
})

/** Records of what a check saw have arrived by then. */
const settleMs = 5000

export const answer = defineCheck({
  kind: 'answer',
  summary: "The learner's answer is what the live cluster says",
  params,
  sources: ['the learner', 'the live value'],
  async evaluate({ params: { question, live, means, tolerance, what, unseen }, ...context }) {
    const expected = what
    const given = context.answers.get(question)
    if (!given)
      return fail({ expected, observed: 'not answered yet', why: 'The answer is compared with the live cluster' })
    let reading = await readValue(live, context)
    const settledAt = unseen ? (context.results.get(unseen.once)?.passedAt ?? null) : null
    if (!reading.ok && unseen && settledAt !== null && context.now - settledAt > settleMs) {
      reading = await readValue(unseen.value, context)
    }
    const observed = `you answered ${given.value}`
    if (!reading.ok) return notAsked({ expected, observed, why: `The live value could not be read: ${reading.why}` })
    const claimed = means ? means[String(given.value)] : given.value
    const [a, b] = [claimed === undefined ? undefined : normalise(claimed), normalise(reading.value)]
    const close = typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= (tolerance ?? 0) + 1e-9
    const { source } = reading.evidence
    if (claimed !== undefined && (close || same(claimed, reading.value))) {
      const evidence = [reading.evidence]
      return pass({ expected, observed, why: means ? `The ${source} agrees` : `${source}: ${reading.value}`, evidence })
    }
    // the live value itself stays hidden: showing it would answer the question
    const evidence = [{ source, value: 'shown once you have it' }]
    return fail({ expected, observed, why: `It is compared with ${source}, and differs`, evidence })
  },
})
