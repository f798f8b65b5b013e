import { DojoError } from '../../contract/errors.js'
import {
  decidedByPatroni,
  dynamicKeys,
  keyProblem,
  localPostgresqlKeys,
  wholeNumber,
  yesOrNo,
} from '../../lab/patroni-rules.js'
import { valueProblem, type SettingRow } from './parameters.js'
import { parametersKey } from './view.js'

/** Keys under `postgresql` that are Patroni's and no parameters. */
const patronisOwn = [
  'parameters',
  'pg_hba',
  'pg_ident',
  'use_slots',
  'use_pg_rewind',
  'recovery_conf',
  'remove_data_directory_on_rewind_failure',
  'remove_data_directory_on_diverged_timelines',
  'pg_ctl_timeout',
]

const invalid = (key: string, why: string, next: string): DojoError =>
  new DojoError('setting-invalid', { what: `${key} can't be set`, why, next })

const nearest = (name: string): string | undefined =>
  Object.keys(dynamicKeys).find((key) => key.startsWith(name.slice(0, 5)) || key.includes(name))

/**
 * The path of a key in the dynamic configuration. Beside Patroni's own spelling, that of `dojo up --set` is understood:
 * patroni.ttl, postgresql.max_connections.
 * @throws DojoError setting-invalid
 */
export function pathOf(key: string): string[] {
  const words = key.split('.').map((word) => word.trim())
  if (words.some((word) => word === ''))
    throw invalid(key, 'it has an empty part', 'For example: ttl, or postgresql.parameters.work_mem')
  const [first, second, ...rest] = (words[0] === 'patroni' && words.length > 1 ? words.slice(1) : words) as [
    string,
    string?,
    ...string[],
  ]
  if (first === 'postgresql') {
    if (second === undefined)
      throw invalid(key, 'it names all of what PostgreSQL gets', `Name one: ${parametersKey}work_mem`)
    if (second === 'parameters') {
      if (rest.length === 0) throw invalid(key, 'it names all parameters', `Name one: ${parametersKey}work_mem`)
      return ['postgresql', 'parameters', rest.join('.').toLowerCase()]
    }
    if (localPostgresqlKeys.some((local) => local === second))
      throw invalid(
        key,
        'Patroni takes it from the configuration of each host only',
        'Change /etc/patroni/patroni.yml on the host',
      )
    if (patronisOwn.includes(second)) return ['postgresql', second, ...rest]
    return ['postgresql', 'parameters', [second, ...rest].join('.').toLowerCase()]
  }
  if (!Object.hasOwn(dynamicKeys, first)) {
    const meant = nearest(first)
    const next = `${meant ? `Did you mean ${meant}? ` : ''}A parameter of PostgreSQL is ${parametersKey}${first}`
    throw invalid(key, `Patroni has no key ${first} in its dynamic configuration, and would ignore it`, next)
  }
  if (second === undefined) return [first]
  if (dynamicKeys[first]!.kind !== 'map')
    throw invalid(key, `${first} is one value, and has no keys`, `For example: ${first}`)
  return [first, second, ...rest]
}

/** The name of the parameter that a path leads to; null when it is a key of Patroni's. */
export const parameterOf = (path: readonly string[]): string | null =>
  path[0] === 'postgresql' && path[1] === 'parameters' ? path[2]! : null

/**
 * Refuses a value that Patroni or PostgreSQL could not use at all. What they would take and change is let through: it is
 * shown what became of it. `row`: the parameter as a running PostgreSQL has it; null when it knows none of that name.
 * @throws DojoError setting-invalid
 */
export function requireUsable(path: readonly string[], value: unknown, row: SettingRow | null): void {
  const key = path.join('.')
  const name = parameterOf(path)
  if (name === null) {
    const problem = value === null ? null : path.length === 1 ? keyProblem(path[0]!, value) : ownProblem(path, value)
    if (problem)
      throw invalid(
        key,
        `it ${problem}, and ${JSON.stringify(value)} is none`,
        'Nothing was changed; try another value',
      )
    return
  }
  const decided = decidedByPatroni[name]
  if (decided) throw invalid(key, decided, 'Nothing was changed')
  if (!row && !name.includes('.')) {
    const next = 'Look for its name with `SELECT name FROM pg_settings`; nothing was changed'
    throw invalid(key, `PostgreSQL has no parameter ${name}`, next)
  }
  if (typeof value === 'object' && value !== null)
    throw invalid(key, 'a parameter is one value, and no list', 'Nothing was changed')
  const problem = row && value !== null ? valueProblem(value, row) : null
  if (problem)
    throw invalid(key, `${problem}, and ${JSON.stringify(value)} is not`, 'Nothing was changed; try another value')
}

/** What is wrong with a value of one of Patroni's own keys under `postgresql`, in a clause. */
function ownProblem([area, own = '', ...rest]: readonly string[], value: unknown): string | null {
  if (area !== 'postgresql' || rest.length > 0) return null
  if (own === 'pg_hba' || own === 'pg_ident') {
    // one string would become a file with one character per line
    const isList = Array.isArray(value) && value.every((line) => typeof line === 'string')
    return isList ? null : 'wants a list of lines, for example ["local all all peer"]'
  }
  if (/^(use|remove)_/.test(own)) return yesOrNo(value) === null ? 'wants true or false' : null
  return own === 'pg_ctl_timeout' && wholeNumber(value) === null ? 'wants a whole number of seconds' : null
}

/** A patch that sets one value, as PATCH /config wants it; null takes the key out. */
export const patchOf = (path: readonly string[], value: unknown): Record<string, unknown> =>
  path.reduceRight<unknown>((inner, word) => ({ [word]: inner }), value) as Record<string, unknown>

/** What is there now; undefined where nothing is. */
export const valueAt = (config: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, word) => (inner as Record<string, unknown> | undefined)?.[word], config)
