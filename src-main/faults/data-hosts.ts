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

/** The host that accepts writes now, as the hosts' PostgreSQL say. Throws when none does, or none can be asked. */
export async function primaryOf(context: Pick<FaultTarget, 'hosts' | 'sql'>): Promise<string> {
  const asked = await Promise.allSettled(
    dataHosts(context).map(async ({ name }) => {
      const [row] = await context.sql(name, 'select pg_is_in_recovery() as standby')
      return row?.['standby'] === false ? name : null
    }),
  )
  const found = asked.find((answer) => answer.status === 'fulfilled' && answer.value !== null)
  if (found?.status === 'fulfilled' && found.value) return found.value
  throw new Error('no PostgreSQL accepts writes now')
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
