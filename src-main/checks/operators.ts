import { z } from 'zod'
import type { Scalar } from './check.js'

const scalar = z.union([z.string(), z.number(), z.boolean()])

/** How a value is compared. A plain value means `is`. Several operators must all hold. */
export const operator = z.union([
  scalar.describe('Equal to this value'),
  z
    .strictObject({
      is: scalar.optional().describe('Equal to this value'),
      isNot: scalar.optional().describe('Different from this value'),
      atLeast: z.number().optional().describe('This number or more'),
      atMost: z.number().optional().describe('This number or less'),
      moreThan: z.number().optional().describe('More than this number'),
      lessThan: z.number().optional().describe('Less than this number'),
      oneOf: z.array(scalar).min(1).optional().describe('Equal to one of these values'),
    })
    .refine(
      (it) => Object.keys(it).length > 0,
      'names no operator: use is, isNot, atLeast, atMost, moreThan, lessThan or oneOf',
    ),
])
export type Operator = z.infer<typeof operator>
type OperatorMap = Exclude<Operator, Scalar>

const asMap = (op: Operator): OperatorMap => (typeof op === 'object' ? op : { is: op })

/** Case, surrounding space and the spelling of a number do not count: " PG1 " is "pg1", "2.0" is 2, "20 s" is not 20. */
export function normalise(value: unknown): Scalar {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return Number(value)
  const text = String(value).trim().replace(/\s+/g, ' ').toLowerCase()
  // a system identifier has 19 digits, and two of them may be one number
  const isNumber = /^[+-]?\d+([.,]\d+)?$/.test(text) && text.replace(/\D/g, '').length <= 15
  return isNumber ? Number(text.replace(',', '.')) : text
}

/** Equality of state, whatever the source's spelling: pg gives numbers of 64 bits as text. */
export const same = (a: unknown, b: unknown): boolean => String(normalise(a)) === String(normalise(b))

/** Whether a value satisfies an operator. Not a number satisfies no comparison of numbers. */
export function satisfies(value: unknown, op: Operator): boolean {
  const { is, isNot, atLeast, atMost, moreThan, lessThan, oneOf } = asMap(op)
  const number = normalise(value)
  const compare = (limit: number | undefined, holds: (n: number, l: number) => boolean): boolean =>
    limit === undefined || (typeof number === 'number' && holds(number, limit))
  return (
    (is === undefined || same(value, is)) &&
    (isNot === undefined || !same(value, isNot)) &&
    (oneOf === undefined || oneOf.some((one) => same(value, one))) &&
    compare(atLeast, (n, l) => n >= l) &&
    compare(atMost, (n, l) => n <= l) &&
    compare(moreThan, (n, l) => n > l) &&
    compare(lessThan, (n, l) => n < l)
  )
}

/** An operator in words, with a unit where the value has one: "at least 5 s". */
export function wordsOf(op: Operator, unit = ''): string {
  const { is, isNot, atLeast, atMost, moreThan, lessThan, oneOf } = asMap(op)
  const u = unit && ` ${unit}`
  return [
    is === undefined ? '' : `${is}${u}`,
    isNot === undefined ? '' : `not ${isNot}${u}`,
    atLeast === undefined ? '' : `at least ${atLeast}${u}`,
    atMost === undefined ? '' : `at most ${atMost}${u}`,
    moreThan === undefined ? '' : `more than ${moreThan}${u}`,
    lessThan === undefined ? '' : `less than ${lessThan}${u}`,
    oneOf === undefined ? '' : `one of ${oneOf.join(', ')}`,
  ]
    .filter(Boolean)
    .join(' and ')
}

/** Whether an operator limits from above: such a check would pass when nothing was done. */
export function hasUpperLimit(op: Operator): boolean {
  const { is, atMost, lessThan, isNot } = asMap(op)
  return is !== undefined || isNot !== undefined || atMost !== undefined || lessThan !== undefined
}
