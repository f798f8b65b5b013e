import type { ConfigFinding, ConfigValue } from '../../src-main/contract/config.js'
import type { IconName } from '../ui/icons.js'

export const spelled = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Without what all parameters of PostgreSQL have in front; the whole key is in the row's title. */
export const shortKey = (key: string): string => key.replace(/^postgresql\.parameters\./, 'postgresql ')

/** One value where all hosts agree, else each host's. */
export function inForce({ effective }: ConfigValue): string {
  const values = Object.entries(effective)
  const known = values.filter(([, value]) => value !== null)
  if (known.length === 0) return 'not known'
  const first = known[0]![1]!
  if (known.length === values.length && known.every(([, value]) => value === first)) return first
  return values.map(([host, value]) => `${host} ${value ?? 'not known'}`).join(', ')
}

const marks: Record<ConfigFinding['kind'], { icon: IconName; word: string }> = {
  adjusted: { icon: 'diagnosis', word: 'Adjusted' },
  refused: { icon: 'fail', word: 'Refused' },
  overridden: { icon: 'diagnosis', word: 'Overridden' },
  restart: { icon: 'waiting', word: 'Waits for a restart' },
  waiting: { icon: 'waiting', word: 'Not in force yet' },
}
export const markOf = ({ kind }: ConfigFinding): { icon: IconName; word: string } => marks[kind]
