import { z } from 'zod'
import { outage, type Outage, type ProbeStats } from '../contract/probe.js'
import { defineCheck, fail, messageOf, notAsked, passIf, waiting, type CheckContext } from './check.js'
import { hasUpperLimit, operator, satisfies, wordsOf } from './operators.js'

const params = z
  .strictObject({
    outage: operator.optional().describe('Seconds of the longest outage'),
    lost: operator.optional().describe('Acknowledged writes that the present primary does not have'),
    acknowledged: operator.optional().describe("Writes acknowledged in this lab, by the probe's ledger"),
    since: z.string().optional().describe('Step from whose begin on outages count; without it: this step'),
    by: z.string().optional().describe('Only settled once this other check has passed and clients can write again'),
  })
  .refine((it) => it.outage !== undefined || it.lost !== undefined || it.acknowledged !== undefined, {
    message: 'compares nothing: give outage, lost or acknowledged',
  })
  .refine(
    (it) => it.by !== undefined || !(it.lost !== undefined || (it.outage !== undefined && hasUpperLimit(it.outage))),
    {
      message: 'an upper limit (and `lost`) needs `by: <check>`: without it, doing nothing passes',
      path: ['by'],
    },
  )

/**
 * The longest outage that reaches into the time since a moment. It may still last. Outages that ended are taken from the
 * recorder as well: a probe that was started anew, with the app, has forgotten them.
 */
export function longestOutage({ sources }: Pick<CheckContext, 'sources'>, since: number): Outage | null {
  const recorded = sources.records(since).flatMap((record) => {
    const ended = record.k === 'event' && record.kind === 'outage.ended' ? outage.safeParse(record.data) : null
    return ended?.success ? [ended.data] : []
  })
  const here = [...(sources.probe.stats()?.outages ?? []), ...recorded].filter(
    ({ until }) => until === null || until > since,
  )
  return here.toSorted((a, b) => b.seconds - a.seconds)[0] ?? null
}

export const ongoing = (stats: ProbeStats): boolean => stats.outages.some((outage) => outage.until === null)

/** Statistics with `lost` counted after the last outage. Counting reads the whole ledger: it is done once per outage. */
export async function verified({ sources }: CheckContext): Promise<ProbeStats> {
  const stats = sources.probe.stats()
  if (!stats) throw new Error('no probe runs in this lab')
  if (ongoing(stats)) throw new Error('the outage still lasts')
  const settledAt = Math.max(stats.startedAt, ...stats.outages.map((outage) => outage.until ?? 0))
  if (stats.lost !== null && stats.verifiedAt !== null && stats.verifiedAt >= settledAt) return stats
  return await sources.probe.verify()
}

export const probe = defineCheck({
  kind: 'probe',
  summary: 'What a client saw: how long it could not write, and which acknowledged writes are gone',
  params,
  sources: ['probe'],
  async evaluate({ params: { outage: length, lost, acknowledged, since, by }, ...context }) {
    const expected = [
      length === undefined ? '' : `an outage of ${wordsOf(length, 's')}`,
      lost === undefined ? '' : `${wordsOf(lost)} acknowledged writes lost`,
      acknowledged === undefined ? '' : `${wordsOf(acknowledged)} writes acknowledged`,
    ]
      .filter(Boolean)
      .join(', ')
    let stats = context.sources.probe.stats()
    if (!stats) return notAsked({ expected, observed: 'no probe', why: 'No probe runs in this lab' })
    const from = since ? context.beganAt(since) : context.since
    if (from === null) return fail({ expected, observed: 'nothing yet', why: `Step ${since} has not begun` })
    const evidenceOf = (value: ProbeStats) => [{ source: "the probe's ledger", value, ageMs: 0 }]
    if (by && (context.results.get(by)?.passedAt ?? null) === null) {
      const observed = `${stats.acknowledged} writes acknowledged so far`
      return fail({ expected, observed, why: `Settled once ${by} has passed`, evidence: evidenceOf(stats) })
    }
    if (by && ongoing(stats)) {
      const why = 'Clients cannot write yet; the figure is settled when they can'
      return waiting({ expected, observed: 'the outage still lasts', why, evidence: evidenceOf(stats) })
    }
    if (lost !== undefined) {
      try {
        stats = await verified(context)
      } catch (error) {
        const observed = 'the ledger could not be compared'
        return notAsked({ expected, observed, why: messageOf(error), evidence: evidenceOf(stats) })
      }
    }
    const longest = longestOutage(context, from)
    const seconds = longest?.seconds ?? 0
    const holds =
      (length === undefined || satisfies(seconds, length)) &&
      (lost === undefined || satisfies(stats.lost, lost)) &&
      (acknowledged === undefined || satisfies(stats.acknowledged, acknowledged))
    const observed = [
      length === undefined
        ? ''
        : longest
          ? `an outage of ${seconds.toFixed(1)} s${longest.until === null ? ', so far' : ''}`
          : 'no outage',
      lost === undefined ? '' : `${stats.lost} of ${stats.acknowledged} acknowledged writes lost`,
      acknowledged === undefined ? '' : `${stats.acknowledged} writes acknowledged`,
    ]
      .filter(Boolean)
      .join(', ')
    const why = stats.running
      ? 'The probe writes by the route that clients take'
      : 'The probe is stopped; these are its last figures'
    return passIf(holds, { expected, observed, why, evidence: evidenceOf(stats) })
  },
})
