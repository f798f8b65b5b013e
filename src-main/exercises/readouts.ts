import { readValue, type CheckContext, type Scalar } from '../checks/index.js'
import type { StepView } from '../contract/exercise.js'
import type { ReadoutSpec } from './format.js'

type Readouts = StepView['readouts']

/** A figure as the guide shows it: "21.9 s", "+1.9 s". */
export function formatted(
  value: Scalar,
  { unit, decimals, signed }: Pick<ReadoutSpec, 'unit' | 'decimals' | 'signed'>,
): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  const number = typeof value === 'number' ? value : /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : null
  const text = number === null ? String(value) : number.toFixed(decimals)
  const sign = signed && number !== null && Number(text) > 0 ? '+' : ''
  return `${sign}${text}${unit && number !== null ? ` ${unit}` : ''}`
}

/** Live figures. One that can't be had yet says so, rather than showing a number that is not there. */
export async function readReadouts(specs: readonly ReadoutSpec[], context: CheckContext): Promise<Readouts> {
  return await Promise.all(
    specs.map(async (spec) => {
      const read = await readValue(spec.value, context)
      return { label: spec.label, value: read.ok ? formatted(read.value, spec) : 'not yet' }
    }),
  )
}
