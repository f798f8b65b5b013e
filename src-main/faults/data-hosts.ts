import { patroniClient } from '../cluster/patroni.js'
import type { LabHost } from '../contract/lab.js'
import { waitFor } from '../util/wait-for.js'
import type { FaultTarget } from './fault.js'

const commandMs = 20_000

export const dataHosts = ({ hosts }: Pick<FaultTarget, 'hosts'>): LabHost[] =>
  hosts.filter(({ services }) => services.includes('patroni'))

/** What a command on a host wrote. Throws with what it complained about when it failed. */
export async function outputOf(
  { execOn }: Pick<FaultTarget, 'execOn'>,
  host: string,
  argv: readonly string[],
  { user = 'root', timeoutMs = commandMs }: { user?: 'root' | 'postgres'; timeoutMs?: number } = {},
): Promise<string> {
  const { code, stdout, stderr } = await execOn(host, argv, { user, timeoutMs })
  if (code === 0) return stdout.trim()
  const said = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? ''
  throw new Error(`${argv[0]} on ${host} ended with ${code}: ${said}`)
}

/** The same as a shell script. */
export const scriptOn = (
  context: Pick<FaultTarget, 'execOn'>,
  host: string,
  script: string,
  options?: { user?: 'root' | 'postgres'; timeoutMs?: number },
): Promise<string> => outputOf(context, host, ['sh', '-euc', script], options)

/** Only the target's site: another one has an etcd and a configuration of its own. */
export const atSiteOf = <C extends Pick<FaultTarget, 'hosts' | 'target'>>(context: C): C => ({
  ...context,
  hosts: context.hosts.filter(({ site }) => site === context.target.site),
})

/** Hosts with a service whose containers run; a frozen one would never answer. */
export async function runningWith(
  { hosts, stateOf }: Pick<FaultTarget, 'hosts' | 'stateOf'>,
  service: 'etcd' | 'patroni',
): Promise<string[]> {
  const named = hosts.filter(({ services }) => services.includes(service)).map(({ name }) => name)
  const states = await Promise.all(named.map(stateOf))
  return named.filter((_, n) => states[n]!.container === 'running')
}

type Asked = Pick<FaultTarget, 'hosts' | 'stateOf' | 'sql'>

/** The data host whose PostgreSQL takes writes, by its own word; null when none does. `but`: one that is not asked. */
export async function primaryOf(context: Asked, but?: string): Promise<string | null> {
  const hosts = (await runningWith(context, 'patroni')).filter((name) => name !== but)
  const asked = hosts.map(async (name) => {
    const [row] = await context.sql(name, 'select not pg_is_in_recovery() as primary').catch(() => [])
    return row?.['primary'] === true ? name : null
  })
  return (await Promise.all(asked)).find((name) => name !== null) ?? null
}

/** The same. @throws when none does, or none can be asked */
export async function requirePrimary(context: Asked): Promise<string> {
  const primary = await primaryOf(context)
  if (primary === null) throw new Error('no PostgreSQL accepts writes now')
  return primary
}

/** Names of the standbys that stream from the primary now. @throws when no primary answers */
export async function streamingStandbys(context: Asked): Promise<string[]> {
  const streaming = "select application_name from pg_stat_replication where state = 'streaming'"
  const rows = await context.sql(await requirePrimary(context), streaming)
  return rows.map((row) => String(row['application_name']))
}

/** Healing all at once may start this host at the same time. Rejects when it is still down after that. */
export async function whenRunning({ target, state }: Pick<FaultTarget, 'target' | 'state'>): Promise<void> {
  await waitFor(state, ({ container }) => container === 'running', {
    what: `${target.name} to run`,
    withinMs: 30_000,
    signal: new AbortController().signal,
    describe: ({ container }) => `it is ${container}`,
  })
}

/** Whether a host's PostgreSQL leads or streams, in Patroni's words: what it says of itself, read over its own port. */
export async function replicating({ endpoints }: LabHost): Promise<{ holds: boolean; observed: string }> {
  if (!endpoints.patroni) return { holds: false, observed: 'no Patroni is here' }
  const said = await patroniClient(endpoints.patroni).status()
  if (!said.ok) return { holds: false, observed: `Patroni: ${said.why}` }
  const { role, state, replicationState } = said.value
  const leads = role === 'primary' || role === 'master'
  return {
    holds: state === 'running' && (leads || replicationState === 'streaming'),
    observed: `Patroni: ${role}, ${replicationState ?? state}`,
  }
}
