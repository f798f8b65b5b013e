import { z } from 'zod'
import { defineCheck, notAsked, passIf } from './check.js'
import { operator, satisfies, wordsOf } from './operators.js'
import { readDcs, readPostgres } from './readings.js'

const params = z
  .strictObject({
    leader: operator.optional().describe('Holder of the leader key; `nobody` when the key is gone'),
    timeline: operator.optional().describe("The leader's timeline, asked with SQL"),
    sync: operator.optional().describe('Synchronous standby by the sync key; `nobody` when there is none'),
    paused: z.boolean().optional().describe('Whether maintenance mode is on'),
    systemId: operator.optional().describe('System identifier of the cluster, from the initialize key'),
    settings: z
      .record(z.string(), operator)
      .optional()
      .describe(
        "Patroni's dynamic configuration, by name as `patronictl show-config` spells it; `unset` when it has none",
      ),
  })
  .refine(
    (it) => Object.keys(it).length > 0,
    'compares nothing: give leader, timeline, sync, paused, systemId or settings',
  )

export const cluster = defineCheck({
  kind: 'cluster',
  summary: 'Who leads, on which timeline, with which synchronous standby',
  params,
  sources: ['etcd', 'sql'],
  evaluate: async ({ params: wanted, ...context }) => {
    const dcs = readDcs(context)
    const asked = {
      leader: wanted.leader,
      timeline: wanted.timeline,
      sync: wanted.sync,
      'system identifier': wanted.systemId,
    }
    const ops = Object.entries(asked).filter((entry) => entry[1] !== undefined)
    if (wanted.paused !== undefined) ops.push(['paused', wanted.paused])
    ops.push(...Object.entries(wanted.settings ?? {}))
    const expected = ops.map(([name, op]) => `${name} ${wordsOf(op!)}`).join(', ')
    if (!dcs.ok) return notAsked({ expected, observed: 'the cluster is not known now', why: dcs.why })

    const { leader, sync, initialize, pause, config } = dcs.value
    const set = Object.keys(wanted.settings ?? {}).map((name) => [name, config[name] ?? 'unset'] as const)
    const evidence = [{ ...dcs.evidence, value: { leader, sync, initialize, pause, ...Object.fromEntries(set) } }]
    const seen: Record<string, unknown> = {
      leader: leader ?? 'nobody',
      sync: sync.standbys.join(', ') || 'nobody',
      'system identifier': initialize ?? 'none',
      paused: pause,
      ...Object.fromEntries(set),
    }
    if (wanted.timeline !== undefined) {
      const postgres = leader === null ? null : readPostgres(leader, context)
      if (postgres && !postgres.ok)
        return notAsked({ expected, observed: `leader ${leader}`, why: postgres.why, evidence })
      seen['timeline'] = postgres ? postgres.value.timeline : 'unknown'
      if (postgres) evidence.push({ ...postgres.evidence, value: { timeline: postgres.value.timeline } as never })
    }
    const compared = ops.map(([name, op]) => ({
      name,
      expected: wordsOf(op!),
      observed: String(seen[name]),
      differs: !satisfies(seen[name], op!),
    }))
    return passIf(
      compared.every((it) => !it.differs),
      {
        expected,
        observed: compared.map((it) => `${it.name} ${it.observed}`).join(', '),
        why: leader ? `${leader} holds the leader key` : 'Nobody holds the leader key',
        evidence,
        ...(compared.length >= 3 ? { fields: compared } : {}),
      },
    )
  },
})
