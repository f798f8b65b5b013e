import { z } from 'zod'
import { eventKind, type LabEvent } from '../contract/record.js'
import { defineCheck, fail, pass, waiting, type CheckContext, type Scalar } from './check.js'
import { same } from './operators.js'

const scalar = z.union([z.string(), z.number(), z.boolean()])

const fields = {
  event: eventKind.describe('Kind of the event, as the timeline and records.jsonl spell it'),
  host: z.string().optional().describe('Host that the event names'),
  has: z.record(z.string(), scalar).optional().describe("Values that the event's data must hold, by name"),
}

const params = z
  .strictObject({
    ...fields,
    since: z.string().optional().describe('Step from whose begin on it counts; without it: this step'),
    before: z.string().optional().describe('Only counts up to the moment that this other check first passed'),
    by: z
      .string()
      .optional()
      .describe('Settled at the moment that this other check first passed: then it is there, or it fails'),
    never: z.boolean().optional().describe('It must not have happened; needs `by`, or idling would pass'),
  })
  .refine((it) => !it.never || it.by !== undefined, {
    message: '`never` needs `by: <check>`: without it, doing nothing passes',
    path: ['never'],
  })

/** Records arrive a little after what they tell of: wait this long before concluding that none came. */
const settleMs = 1500

export type EventPattern = {
  event: LabEvent['kind']
  host?: string | undefined
  has?: Record<string, Scalar> | undefined
}

/** Events of a kind since a moment, oldest first. */
export function eventsLike(context: CheckContext, pattern: EventPattern, since: number): LabEvent[] {
  return context.sources.records(since).filter((record): record is LabEvent => {
    if (record.k !== 'event' || record.kind !== pattern.event || record.t < since) return false
    if (pattern.host !== undefined && record.host !== pattern.host) return false
    return Object.entries(pattern.has ?? {}).every(([name, value]) => same(record.data[name], value))
  })
}

export const momentOf = (event: LabEvent, since: number): string =>
  `${((event.t - since) / 1000).toFixed(1)} s into the step`

export const history = defineCheck({
  kind: 'history',
  summary: 'An event happened, or did not, as the flight recorder has it',
  params,
  sources: ['history'],
  evaluate: async ({ params: wanted, ...context }) => {
    const { event, host, has, by, never } = wanted
    const since = wanted.since ? context.beganAt(wanted.since) : context.since
    const data = has
      ? ` (${Object.entries(has)
          .map(([k, v]) => `${k} ${v}`)
          .join(', ')})`
      : ''
    const name = `${event}${host ? ` of ${host}` : ''}${data}`
    const expected = never ? `no ${name}` : name
    if (since === null) return fail({ expected, observed: 'nothing yet', why: `Step ${wanted.since} has not begun` })

    const limit = wanted.before ?? by
    const limitAt = limit ? (context.results.get(limit)?.passedAt ?? null) : null
    const until = limitAt === null ? Infinity : limitAt + (by ? settleMs : 0)
    const found = eventsLike(context, wanted, since).find((it) => it.t <= until)
    const looked = { source: `flight recorder, ${event}`, value: found ?? 'none', ageMs: 0 }
    const observed = found ? `${found.text}, ${momentOf(found, since)}` : `no ${name}`
    const evidence = [looked]
    if (found) {
      const said = { expected, observed, why: `${found.source} reported it`, evidence }
      return never ? fail(said) : pass(said)
    }
    if (by && limitAt === null) {
      const said = { expected, observed, why: `Settled at the moment that ${by} passes`, evidence }
      return fail(said)
    }
    if (by && context.now < until) {
      return waiting({ expected, observed, why: `${by} has just passed; records may still arrive`, evidence })
    }
    if (never) return pass({ expected, observed, why: `None came before ${by} passed`, evidence })
    const why =
      limitAt === null ? 'It has not happened since the step began' : `It had not happened when ${limit} passed`
    return fail({ expected, observed, why, evidence })
  },
})
