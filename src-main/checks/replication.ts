import { z } from 'zod'
import { defineCheck, fail, messageOf, notAsked, passIf } from './check.js'
import { operator, satisfies, wordsOf } from './operators.js'
import { readLeader } from './readings.js'

const params = z
  .strictObject({
    application: z.string().optional().describe('application_name: under Patroni, the name of the member'),
    state: z.string().optional().describe('As pg_stat_replication spells it: streaming, catchup, ...'),
    sync_state: z
      .enum(['async', 'potential', 'sync', 'quorum'])
      .optional()
      .describe('As pg_stat_replication spells it'),
    count: operator.optional().describe('How many rows answer the description; without it: at least 1'),
  })
  .refine((it) => Object.keys(it).length > 0, 'describes nothing: give application, state, sync_state or count')

const query = 'select application_name, state, sync_state from pg_stat_replication order by 1'
type Row = { application_name: string; state: string; sync_state: string }

export const replication = defineCheck({
  kind: 'replication',
  summary: "What streams from the leader, as the leader's pg_stat_replication has it",
  params,
  sources: ['etcd', 'sql'],
  async evaluate({ params: { application, state, sync_state, count = { atLeast: 1 } }, ...context }) {
    const described = [application ?? 'a standby', state ?? 'attached', sync_state].filter(Boolean).join(', ')
    const expected = satisfiesOneOrMore(count) ? described : `${described}: ${wordsOf(count)}`
    const leader = readLeader(context)
    if (!leader.ok) return notAsked({ expected, observed: 'the leader is not known now', why: leader.why })
    if (leader.value === null) {
      const why = 'Nobody holds the leader key, so nothing streams from a leader'
      return fail({ expected, observed: 'no leader', why, evidence: [leader.evidence] })
    }
    let rows: Row[]
    try {
      rows = (await context.sources.query({ host: leader.value }, query, { timeoutMs: 1500 })) as Row[]
    } catch (error) {
      return notAsked({
        expected,
        observed: `no answer from ${leader.value}`,
        why: messageOf(error),
        evidence: [leader.evidence],
      })
    }
    const like = rows.filter(
      (row) =>
        (application === undefined || row.application_name === application) &&
        (state === undefined || row.state === state) &&
        (sync_state === undefined || row.sync_state === sync_state),
    )
    const seen = rows.map((row) => `${row.application_name}, ${row.state}, ${row.sync_state}`).join('; ')
    return passIf(satisfies(like.length, count), {
      expected,
      observed: seen || `nothing streams from ${leader.value}`,
      why: `${leader.value} leads, and says so in pg_stat_replication`,
      evidence: [{ source: `pg_stat_replication on ${leader.value}`, value: rows, ageMs: 0 }],
    })
  },
})

const satisfiesOneOrMore = (count: z.infer<typeof operator>): boolean =>
  typeof count === 'object' && count.atLeast === 1 && Object.keys(count).length === 1
