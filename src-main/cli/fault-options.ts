import type { FaultKindInfo } from '../contract/fault.js'
import { wrongUsage } from './failure.js'

interface Property {
  type?: string
  items?: { type?: string }
}

/** `--signal KILL --grace=5` by the kind's JSON Schema. What the schema knows nothing of is refused here, with names. */
export function faultOptions({ kind, options }: FaultKindInfo, given: readonly string[]): Record<string, unknown> {
  const properties = (options['properties'] ?? {}) as Record<string, Property>
  const known = Object.keys(properties).map((name) => `--${name}`)
  const found: Record<string, unknown> = {}
  for (let i = 0; i < given.length; i++) {
    const word = given[i]!
    const [flag = '', inline] = word.split(/=(.*)/s)
    const property = properties[flag.slice(2)]
    if (!flag.startsWith('--') || !property) {
      const why = known.length > 0 ? `it takes ${known.join(', ')}` : 'it takes no options'
      throw wrongUsage(`Fault ${kind} does not take "${word}"`, why, 'See `dojo faults --kinds`')
    }
    const value = inline ?? (property.type === 'boolean' ? 'true' : given[++i])
    if (value === undefined) throw wrongUsage(`${flag} wants a value`, 'none was given', 'See `dojo faults --kinds`')
    found[flag.slice(2)] = typed(flag, property, value)
  }
  return found
}

function typed(flag: string, { type, items }: Property, value: string): unknown {
  if (type === 'array') return value.split(',').map((part) => typed(flag, items ?? {}, part))
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if (type === 'number' || type === 'integer') {
    const number = Number(value)
    if (value.trim() !== '' && !Number.isNaN(number)) return number
  } else if (type !== 'boolean') return value
  throw wrongUsage(
    `${flag} wants ${type === 'integer' ? 'a whole number' : `a ${type}`}`,
    `"${value}" is none`,
    'See `dojo faults --kinds`',
  )
}
