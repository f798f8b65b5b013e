import type { HostState } from '../contract/cluster.js'
import { DojoError } from '../contract/errors.js'
import type { FaultContext, FaultKind } from './fault.js'
import type { Entry } from './ledger.js'

const isDown = ({ container }: HostState): boolean => container === 'exited' || container === 'missing'

/** Why a fault can't be applied as things stand, in words for the one who asked; null when it can. */
export async function whyRefused(
  kind: FaultKind,
  context: FaultContext<Record<string, unknown>>,
  entries: readonly Entry[],
): Promise<DojoError | null> {
  const { name } = context.target
  const refused = (why: string, next: string): DojoError =>
    new DojoError('fault-refused', { what: `Fault ${kind.kind} on ${name} is not possible now`, why, next })
  const state = await context.state()
  const cause = causeOf(name, entries)
  const heal = cause ? `Heal it first: \`dojo heal LAB ${cause.id}\`` : `Start it: fault \`start\` on ${name}`
  if (kind.needs === 'running' && isDown(state)) {
    return refused(`${name} is down already${cause ? `, by fault ${cause.kind} (${cause.id})` : ''}`, heal)
  }
  if (kind.needs === 'running' && state.container === 'paused') {
    const why = `${name} is frozen${cause ? ` by fault ${cause.kind} (${cause.id})` : ''}, and nothing can be done to it`
    return refused(why, cause ? heal : 'Thaw it first')
  }
  if (kind.needs === 'down' && !isDown(state)) return refused(`${name} is ${state.container}`, 'It needs no start')
  const why = (await kind.refuses?.(context)) ?? null
  return why === null ? null : refused(why, `\`dojo status\` shows what runs on ${name}`)
}

/** The newest active fault on a host. */
function causeOf(host: string, entries: readonly Entry[]): { id: string; kind: string } | undefined {
  return entries.findLast(({ record }) => record.target === host && record.state === 'active')?.record
}
