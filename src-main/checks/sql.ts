import { z } from 'zod'
import { defineCheck, fail, messageOf, notAsked, passIf } from './check.js'
import { operator, satisfies, wordsOf } from './operators.js'
import type { SqlRoute } from './sources.js'

const params = z
  .strictObject({
    on: z.string().describe('A host, or client.readWrite or client.readOnly: the route that clients take'),
    query: z.string().describe('One statement; it runs in a READ ONLY transaction'),
    row: z.record(z.string(), operator).optional().describe('Columns of the first row, each with what it must be'),
    rows: operator.optional().describe('How many rows'),
    withinMs: z.int().min(100).max(10_000).default(2000).describe('Milliseconds that the statement may take'),
  })
  .refine((it) => it.row !== undefined || it.rows !== undefined, 'compares nothing: give `row`, `rows`, or both')

export const routeOf = (on: string): SqlRoute =>
  on === 'client.readWrite' || on === 'client.readOnly'
    ? { client: on === 'client.readWrite' ? 'readWrite' : 'readOnly' }
    : { host: on }
const routeInWords = (on: string): string => (on.startsWith('client.') ? "the client's route" : on)

export const sql = defineCheck({
  kind: 'sql',
  summary: 'What a query answers, on a host or by the route that clients take',
  params,
  sources: ['sql'],
  async evaluate({ params: { on, query, row = {}, rows: count, withinMs }, sources }) {
    const wanted = Object.entries(row)
    const where = routeInWords(on)
    const expected = [
      ...wanted.map(([column, op]) => `${column} is ${wordsOf(op)}`),
      ...(count === undefined ? [] : [`${wordsOf(count)} rows`]),
    ].join(', ')
    let rows: Record<string, unknown>[]
    try {
      rows = await sources.query(routeOf(on), query, { timeoutMs: withinMs })
    } catch (error) {
      return notAsked({ expected, observed: `no answer from ${where}`, why: messageOf(error) })
    }
    const [first] = rows
    const evidence = [{ source: `SQL on ${where}: ${query.trim()}`, value: rows.slice(0, 20), ageMs: 0 }]
    const why = `Asked ${where} with SQL`
    const countHolds = count === undefined || satisfies(rows.length, count)
    if (wanted.length > 0 && !first) return fail({ expected, observed: 'no row', why, evidence })
    const missing = wanted.filter(([column]) => first && !(column in first)).map(([column]) => column)
    if (missing.length > 0) throw new Error(`the query answers no column ${missing.join(', ')}`)
    const compared = wanted.map(([name, op]) => ({
      name,
      expected: wordsOf(op),
      observed: String(first?.[name]),
      differs: !satisfies(first?.[name], op),
    }))
    const observed = [
      ...compared.map((it) => `${it.name} is ${it.observed}`),
      ...(count === undefined ? [] : [`${rows.length} rows`]),
    ].join(', ')
    const said = { expected, observed, why, evidence, ...(compared.length >= 3 ? { fields: compared } : {}) }
    return passIf(countHolds && compared.every((it) => !it.differs), said)
  },
})
