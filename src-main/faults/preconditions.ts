import type { HostState } from '../contract/cluster.js'
import { DojoError } from '../contract/errors.js'
import { whyOf } from '../cluster/reading.js'
import type { FaultContext, FaultKind } from './fault.js'
import type { Entry } from './ledger.js'
import type { LabHandle } from '../lab/handle.js'

const isDown = ({ container }: HostState): boolean => container === 'exited' || container === 'missing'

/** Why a fault can't be applied as things stand, in words for the one who asked; null when it can. */
export async function whyRefused(
  kind: FaultKind,
  context: FaultContext<Record<string, unknown>>,
  entries: readonly Entry[],
  { lab, kernel, kindOf }: { lab: string; kernel: LabHandle['kernel']; kindOf: (kind: string) => FaultKind },
): Promise<DojoError | null> {
  const { name } = context.target
  const refused = (why: string, next: string): DojoError =>
    new DojoError('fault-refused', { what: `Fault ${kind.kind} on ${name} is not possible now`, why, next })
  const state = await context.state()
  const cause = entries.findLast(
    ({ record }) => record.target === name && record.state === 'active' && kindOf(record.kind).halts,
  )?.record
  const heal = cause
    ? `Heal it first: \`dojo heal ${lab} ${cause.id}\``
    : `Start it: \`dojo fault ${lab} start ${name}\``
  if (state.container === 'missing') {
    const why = `the container of ${name} is gone: somebody removed it past this app`
    return refused(why, `Nothing brings it back. Remove the lab with \`dojo down ${lab}\` and start another`)
  }
  if (kind.needs === 'running' && isDown(state)) {
    return refused(`${name} is down already${cause ? `, by fault ${cause.kind} (${cause.id})` : ''}`, heal)
  }
  if (kind.needs === 'running' && state.container === 'paused') {
    const why = `${name} is frozen${cause ? ` by fault ${cause.kind} (${cause.id})` : ''}, and nothing can be done to it`
    return refused(why, cause ? heal : 'Thaw it first')
  }
  if (kind.needs === 'down' && !isDown(state)) return refused(`${name} is ${state.container}`, 'It needs no start')
  const same = kind.alone && entries.find(({ record }) => record.state === 'active' && isSame(record, kind, name))
  if (same)
    return refused(
      `it is in effect already (${same.record.id})`,
      `Heal it first: \`dojo heal ${lab} ${same.record.id}\``,
    )
  const lacking = await whyKernelLacks(kind, kernel)
  if (lacking) return lacking
  const why = (await kind.refuses?.(context).catch(unclear)) ?? null
  return why === null ? null : refused(why, `\`dojo status ${lab}\` shows what runs on ${name}`)
}

/** Whom a kind asks may be silent, which says no more than that now is no time for it. */
function unclear(error: unknown): string {
  if (error instanceof DojoError && error.code !== 'host-down') throw error
  return `whether it can be done can't be told: ${whyOf(error)}`
}

/** Whether the engine's kernel can't do what a kind needs, whatever the hosts are like. */
export async function whyKernelLacks(kind: FaultKind, kernel: LabHandle['kernel']): Promise<DojoError | null> {
  const ability = kind.requires && (await kernel())?.[kind.requires]
  if (!ability || ability.works) return null
  return new DojoError('kernel-lacks', {
    what: `Fault ${kind.kind} can't be made here`,
    why: `the engine's kernel lacks ${kind.requires}: ${ability.detail}`,
    next: 'Use an engine with another kernel; `dojo doctor` shows what this one can do',
  })
}

const isSame = (record: Entry['record'], { kind }: FaultKind, host: string): boolean =>
  record.kind === kind && record.target === host
