import type { z } from 'zod'
import { DojoError } from '../contract/errors.js'
import { settingsSpec, type Settings } from '../contract/topology.js'

const areas = Object.keys(settingsSpec.shape)

/** Patroni would silently change such values; people would then measure something else than they asked for. */
export function patroniRuleBroken({ ttl, loop_wait, retry_timeout }: Settings['patroni']): string | null {
  const needed = loop_wait + 2 * retry_timeout
  if (needed <= ttl) return null
  return `loop_wait + 2 * retry_timeout is ${loop_wait} + 2 * ${retry_timeout} = ${needed}, and may not exceed ttl (${ttl})`
}

/**
 * The topology's settings with `--set` applied: each `patroni.ttl=30`, `postgresql.max_connections=80` or
 * `etcd.election_timeout=5000`.
 * @throws DojoError setting-invalid with everything that is wrong
 */
export function withSettings(base: Settings, set: readonly string[]): Settings {
  const changed = structuredClone(base) as Record<string, Record<string, unknown>>
  const wrong: string[] = []
  for (const assignment of set) {
    const [, area = '', key = '', value = ''] = /^([a-z]+)\.([a-z_.]+)=(.*)$/s.exec(assignment) ?? []
    if (!key) wrong.push(`"${assignment}" is not of the form AREA.KEY=VALUE, for example patroni.ttl=30`)
    else if (!areas.includes(area)) wrong.push(`${area}.${key}: no area "${area}"; there are ${areas.join(', ')}`)
    else changed[area] = { ...changed[area], [key]: scalar(value) }
  }
  const parsed = settingsSpec.safeParse(changed)
  if (!parsed.success) wrong.push(...parsed.error.issues.flatMap(spell))
  else {
    const rule = patroniRuleBroken(parsed.data.patroni)
    if (rule) wrong.push(rule)
  }
  if (wrong.length === 0) return parsed.data!
  throw new DojoError('setting-invalid', {
    what: wrong.length === 1 ? 'A setting is invalid' : `${wrong.length} settings are invalid`,
    why: wrong.join('; '),
    next: 'Correct it: `--set patroni.ttl=30` sets one value',
  })
}

/** Patroni's and PostgreSQL's words for yes and no stay words for PostgreSQL, as it knows them all. */
function scalar(text: string): string | number | boolean {
  if (/^-?\d+$/.test(text)) return Number(text)
  if (/^-?\d+\.\d+$/.test(text)) return Number(text)
  return text === 'true' ? true : text === 'false' ? false : text
}

function spell(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const area = String(issue.path[0])
    const known = (settingsSpec.shape as unknown as Record<string, { unwrap?: () => { shape?: object } }>)[area]
    const names = Object.keys(known?.unwrap?.().shape ?? {}).join(', ')
    return issue.keys.map((key) => `${path}.${key}: no such setting; there are ${names}`)
  }
  return [`${path}: ${issue.message}`]
}
