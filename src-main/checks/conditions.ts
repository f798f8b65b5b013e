import { z } from 'zod'
import type { Verdict } from '../contract/check.js'
import { answer } from './answer.js'
import { answered } from './answered.js'
import { notAsked, passIf, type CheckContext, type CheckKind } from './check.js'
import { cluster } from './cluster.js'
import { allOf, anyOf, guarded, negated } from './compose.js'
import { etcdMembers } from './etcd-members.js'
import { exec } from './exec.js'
import { history } from './history.js'
import { hostState } from './host-state.js'
import { networkCut } from './network-cut.js'
import { patroniMember } from './patroni-member.js'
import { prediction } from './prediction.js'
import { probe } from './probe.js'
import { rejoin } from './rejoin.js'
import { replication } from './replication.js'
import { sql } from './sql.js'
import { writable } from './writable.js'

/** Every kind of check. Adding one: its file, its test, and a line here; schema, guide and messages follow. */
export const checkKinds: readonly CheckKind[] = [
  patroniMember,
  hostState,
  networkCut,
  history,
  sql,
  writable,
  replication,
  etcdMembers,
  probe,
  answer,
  answered,
  prediction,
  cluster,
  rejoin,
  exec,
] as unknown as readonly CheckKind[]
const kindOf = new Map(checkKinds.map((kind) => [kind.kind, kind]))

/** A question to the live cluster: one kind with its parameters, or several joined. Exactly one key. */
export interface Condition {
  all?: Condition[] | undefined
  any?: Condition[] | undefined
  not?: Condition | undefined
  passes?: string | undefined
  fails?: string | undefined
  [kind: string]: unknown
}

/** Keys of the joining words and of every kind, for the schema of whatever carries a condition. */
export const conditionKeys = ['all', 'any', 'not', 'passes', 'fails', ...kindOf.keys()]

export const conditionShape = {
  get all() {
    return z.array(condition).min(1).optional().describe('All of these hold')
  },
  get any() {
    return z.array(condition).min(1).optional().describe('At least one of these holds')
  },
  get not() {
    return condition.optional().describe('This does not hold')
  },
  passes: z.string().optional().describe('This other check of the step has passed'),
  fails: z.string().optional().describe('This other check of the step fails now'),
  ...Object.fromEntries(checkKinds.map(({ kind, params, summary }) => [kind, params.optional().describe(summary)])),
}

export const exactlyOne = (it: object): boolean =>
  Object.keys(it).filter((key) => conditionKeys.includes(key)).length === 1
export const exactlyOneMessage = `needs exactly one of: ${conditionKeys.join(', ')}`

export const condition: z.ZodType<Condition> = z
  .lazy(() => z.strictObject(conditionShape).refine(exactlyOne, exactlyOneMessage))
  .meta({ id: 'condition' }) as unknown as z.ZodType<Condition>

/** The one key of a condition, and what it holds. */
export function partsOf(spec: Condition): { name: string; params: unknown } {
  const name = conditionKeys.find((key) => spec[key] !== undefined)
  if (name === undefined) throw new Error(exactlyOneMessage)
  return { name, params: spec[name] }
}

/** Asks one condition once. Never throws: what can't be asked is `error`. */
export async function evaluate(spec: Condition, context: CheckContext): Promise<Verdict> {
  return await guarded('an answer', async () => {
    const { name, params } = partsOf(spec)
    const inner = (conditions: Condition[]) => Promise.all(conditions.map((one) => evaluate(one, context)))
    if (name === 'all') return allOf(withoutDone(params as Condition[], await inner(params as Condition[])))
    if (name === 'any') return anyOf(await inner(params as Condition[]))
    if (name === 'not') return negated(await evaluate(params as Condition, context))
    if (name === 'passes' || name === 'fails') return ofAnother(name, String(params), context)
    const kind = kindOf.get(name)
    if (!kind) throw new Error(`no check kind ${name}`)
    return await kind.evaluate({ ...context, params: kind.params.parse(params) })
  })
}

/** What a check builds on and has is left out where it has something of its own to say. */
function withoutDone(conditions: readonly Condition[], verdicts: readonly Verdict[]): readonly Verdict[] {
  const own = verdicts.filter((one, index) => one.verdict !== 'pass' || conditions[index]?.passes === undefined)
  return own.length > 0 ? own : verdicts
}

function ofAnother(word: 'passes' | 'fails', id: string, { results }: CheckContext): Verdict {
  const result = results.get(id)
  const name = result?.title ?? id
  const passed = typeof result?.passedAt === 'number' || result?.verdict === 'pass'
  const said = {
    expected: `${name}: ${word === 'passes' ? 'pass' : 'fail'}`,
    observed: `${name}: ${passed ? 'pass' : (result?.verdict ?? 'not asked')}`,
    why: 'It builds on another check of this step',
  }
  if (!result) return notAsked(said)
  return passIf(word === 'passes' ? passed : result.verdict === 'fail', said)
}
