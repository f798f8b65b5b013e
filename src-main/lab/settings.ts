import type { z } from 'zod'
import { DojoError } from '../contract/errors.js'
import { settingsSpec, topologySpec, type HostSpec, type Settings, type Topology } from '../contract/topology.js'
import { repositoriesOf, runs, schedulesOf } from './plan.js'

/** What `--set` reaches: the cluster's settings, and how much time a slow machine gets for a boot. */
const settable = settingsSpec.extend({ healthy: topologySpec.shape.healthy.pick({ within: true }) })
const areas = Object.keys(settable.shape)
/** Areas that are one value. */
const isWord = (area: string): boolean => area === 'security'

/**
 * What single values can't say. Patroni would silently change such values, and people would then measure something else
 * than they asked for; etcd would not start.
 */
export function settingsBroken({ patroni, etcd }: Pick<Settings, 'patroni' | 'etcd'>): { area: string; why: string }[] {
  const { ttl, loop_wait, retry_timeout } = patroni
  const { heartbeat_interval: heartbeat, election_timeout: election } = etcd
  const needed = loop_wait + 2 * retry_timeout
  const broken = []
  if (needed > ttl) {
    const sum = `${loop_wait} + 2 * ${retry_timeout} = ${needed}`
    broken.push({ area: 'patroni', why: `loop_wait + 2 * retry_timeout is ${sum}, and may not exceed ttl (${ttl})` })
  }
  if (election < 5 * heartbeat) {
    const least = `5 * ${heartbeat} = ${5 * heartbeat}`
    broken.push({
      area: 'etcd',
      why: `election_timeout is ${election} ms, and may not be less than 5 * heartbeat_interval (${least} ms)`,
    })
  }
  return broken
}

/** Schedules that nobody would keep. */
export function schedulesBroken(topology: Topology): { area: string; why: string }[] {
  const [first] = schedulesOf(topology.settings)
  if (!first || repositoriesOf(topology).length > 0) return []
  return [{ area: 'backup', why: `${first.type}_at: no host of ${topology.topology} keeps backups of pgBackRest` }]
}

/** The topology with cron on the hosts that keep backups, where a setting says when to make them. */
function withSchedules(topology: Topology): Topology {
  if (schedulesOf(topology.settings).length === 0) return topology
  const withCron = (host: string, spec: HostSpec): HostSpec =>
    runs(topology, host, 'cron') ? spec : { ...spec, services: [...spec.services, 'cron'] }
  const repositories = repositoriesOf(topology).map((host) => [host, withCron(host, topology.hosts[host]!)] as const)
  return { ...topology, hosts: { ...topology.hosts, ...Object.fromEntries(repositories) } }
}

/**
 * The topology with `--set` applied: each `patroni.ttl=30`, `postgresql.max_connections=80`,
 * `etcd.election_timeout=5000`, `backup.full_at=0 3 * * 0`, `security=tls` or `healthy.within=180`.
 * @throws DojoError setting-invalid with everything that is wrong
 */
export function withSettings(topology: Topology, set: readonly string[]): Topology {
  const { within } = topology.healthy
  const changed = structuredClone({ ...topology.settings, healthy: { within } }) as Record<string, unknown>
  const wrong: string[] = []
  for (const assignment of set) {
    const [, area = '', key = '', value = ''] = /^([a-z]+)(?:\.([a-z_.]+))?=(.*)$/s.exec(assignment) ?? []
    if (isWord(area) && !key) changed[area] = value
    else if (isWord(area)) wrong.push(`${area}.${key}: ${area} has no keys; \`${area}=tls\` sets it`)
    else if (!key) wrong.push(`"${assignment}" is not of the form AREA.KEY=VALUE, for example patroni.ttl=30`)
    else if (!areas.includes(area)) wrong.push(`${area}.${key}: no area "${area}"; there are ${areas.join(', ')}, size`)
    else changed[area] = { ...(changed[area] as object), [key]: scalar(value) }
  }
  const parsed = settable.safeParse(changed)
  if (!parsed.success) wrong.push(...parsed.error.issues.flatMap(spell))
  else wrong.push(...settingsBroken(parsed.data).map(({ why }) => why))
  if (wrong.length === 0) {
    const { healthy, ...settings } = parsed.data!
    const whole = { ...topology, settings, healthy: { ...topology.healthy, ...healthy } }
    wrong.push(...schedulesBroken(whole).map(({ area, why }) => `${area}.${why}`))
    if (wrong.length === 0) return withSchedules(whole)
  }
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
    const known = (settable.shape as unknown as Record<string, { unwrap?: () => { shape?: object }; shape?: object }>)[
      area
    ]
    const names = Object.keys(known?.unwrap?.().shape ?? known?.shape ?? {}).join(', ')
    return issue.keys.map((key) => `${path}.${key}: no such setting; there are ${names}`)
  }
  return [`${path}: ${issue.message}`]
}
