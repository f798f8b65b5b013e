import { z } from 'zod'
import { defineCheck, notAsked, passIf } from './check.js'
import { operator, satisfies, wordsOf } from './operators.js'
import { fresh } from './readings.js'

const params = z
  .strictObject({
    healthy: operator.optional().describe('How many members answer'),
    named: z.array(z.string()).min(1).optional().describe('Members that must be among those that answer'),
    quorum: z.boolean().optional().describe('Whether a majority answers'),
  })
  .refine((it) => Object.keys(it).length > 0, 'compares nothing: give healthy, named or quorum')

export const etcdMembers = defineCheck({
  kind: 'etcd.members',
  summary: 'Which members of etcd answer, and whether they are a majority',
  params,
  sources: ['etcd'],
  evaluate: async ({ params: { healthy, named = [], quorum }, sources, now }) => {
    const expected = [
      healthy === undefined ? '' : `${wordsOf(healthy)} members answer`,
      named.length > 0 ? `${named.join(', ')} among them` : '',
      quorum === undefined ? '' : quorum ? 'quorum' : 'no quorum',
    ]
      .filter(Boolean)
      .join(', ')
    const reading = fresh(sources.cluster().etcd, 'etcd', now)
    if (!reading.ok) return notAsked({ expected, observed: 'etcd is not known now', why: reading.why })
    const { members, quorum: has } = reading.value
    const up = members.filter((member) => member.answers).map((member) => member.name)
    const silent = members.filter((member) => !member.answers).map((member) => member.name)
    const absent = named.filter((name) => !up.includes(name))
    const holds = (healthy === undefined || satisfies(up.length, healthy)) && absent.length === 0
    return passIf(holds && (quorum === undefined || quorum === has), {
      expected,
      observed: `${up.length} of ${members.length} answer (${up.join(', ') || 'none'}), ${has ? 'quorum' : 'no quorum'}`,
      why: silent.length > 0 ? `No answer from ${silent.join(', ')}` : 'Every member answers',
      evidence: [reading.evidence],
    })
  },
})
