import { z } from 'zod'
import { memberRoles } from '../cluster/patroni-names.js'
import { defineCheck, fail, notAsked, pass } from './check.js'
import { readLeader, readMembers } from './readings.js'

const params = z.strictObject({
  member: z.string().describe('Member name, as in `patronictl list`'),
  role: z.enum(memberRoles).describe('Role as GET /cluster spells it'),
  state: z.string().optional().describe('State as GET /cluster spells it: running, streaming, ...'),
  timeline: z.int().optional().describe('Timeline that the member is on'),
})

export const patroniMember = defineCheck({
  kind: 'patroni.member',
  summary: 'A member has a role, and optionally a state and a timeline, in the eyes of Patroni',
  params,
  sources: ['patroni'],
  async evaluate({ params: wanted, ...context }) {
    const { member, role, state, timeline } = wanted
    const expected = [`${member} is ${role}`, state, timeline && `timeline ${timeline}`].filter(Boolean).join(', ')
    const reading = await readMembers(context)
    if (!reading.ok) return notAsked({ expected, observed: 'no answer to GET /cluster', why: reading.why })
    const evidence = [reading.evidence]
    const holder = readLeader(context)
    const why = !holder.ok
      ? holder.why
      : holder.value
        ? `${holder.value} holds the leader key`
        : 'Nobody holds the leader key'
    const found = reading.value.find(({ name }) => name === member)
    if (!found) {
      const names = reading.value.map(({ name }) => name).join(', ') || 'nobody'
      return fail({ expected, observed: `no member ${member}; listed: ${names}`, why, evidence })
    }
    const rows = [
      { name: 'role', expected: role, observed: found.role },
      ...(state === undefined ? [] : [{ name: 'state', expected: state, observed: found.state }]),
      ...(timeline === undefined
        ? []
        : [{ name: 'timeline', expected: `${timeline}`, observed: `${found.timeline ?? 'unknown'}` }]),
    ].map((row) => ({ ...row, differs: row.expected !== row.observed }))
    const seen = [found.role, found.state, timeline && `timeline ${found.timeline ?? 'unknown'}`].filter(Boolean)
    const said = { expected, observed: `${member} is ${seen.join(', ')}`, why, evidence }
    const told = rows.length >= 3 ? { ...said, fields: rows } : said
    return rows.some((row) => row.differs) ? fail(told) : pass(told)
  },
})
