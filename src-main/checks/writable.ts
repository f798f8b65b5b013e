import { z } from 'zod'
import { defineCheck, messageOf, notAsked, passIf } from './check.js'

const params = z.strictObject({
  host: z.string().describe('A data host. It is asked directly, not by the route that clients take'),
  is: z.boolean().describe('Whether PostgreSQL there accepts writes'),
  withinMs: z.int().min(100).max(10_000).default(1500).describe('Milliseconds that it may take to answer'),
})

const query = `select pg_is_in_recovery() as recovery, current_setting('default_transaction_read_only')::bool as locked`
/** cannot_connect_now: it starts, stops or recovers. The server itself says no, so it is an answer. */
const refuses = '57P03'

export const writable = defineCheck({
  kind: 'writable',
  summary: 'Whether PostgreSQL on a host accepts writes: no standby, not read-only, not shutting down',
  params,
  sources: ['sql'],
  async evaluate({ params: { host, is, withinMs }, sources }) {
    const inWords = (accepts: boolean): string => `${host} ${accepts ? 'accepts' : 'accepts no'} writes`
    const told = (accepts: boolean, why: string, value: unknown) =>
      passIf(accepts === is, {
        expected: inWords(is),
        observed: inWords(accepts),
        why,
        evidence: [{ source: `SQL on ${host}`, value, ageMs: 0 }],
      })
    try {
      const [row] = await sources.query({ host }, query, { timeoutMs: withinMs })
      if (row?.['recovery'] === true) return told(false, `PostgreSQL on ${host} is in recovery, as a standby is`, row)
      if (row?.['locked'] === true) return told(false, `Transactions on ${host} are read-only by default`, row)
      return told(true, `PostgreSQL on ${host} is a primary`, row)
    } catch (error) {
      const said = messageOf(error)
      if ((error as { code?: unknown }).code === refuses)
        return told(false, `PostgreSQL on ${host} says: ${said}`, said)
      return notAsked({ expected: inWords(is), observed: `no answer from ${host}`, why: said })
    }
  },
})
