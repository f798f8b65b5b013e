import type { LabHandle } from '../lab/handle.js'
import { unknownHost } from '../contract/errors.js'
import { answering } from './answering.js'
import type { FaultContext, FaultKind } from './fault.js'
import type { Entry } from './ledger.js'

/** Options as the kind's schema has them; throws a ZodError when they do not fit. */
type AnyContext = FaultContext<Record<string, unknown>>

/** What one fault may touch, made from its record: the same for applying now and for healing after a restart. */
export function createContext(lab: LabHandle, kind: FaultKind, { record, notes }: Entry): AnyContext {
  const { target: name } = record
  const target = lab.info.hosts.find((host) => host.name === name)
  if (!target)
    throw unknownHost(
      name,
      lab.info.hosts.map((host) => host.name),
    )
  const { power } = lab
  return {
    id: record.id,
    target,
    options: kind.options.parse(record.options),
    appliedAt: record.appliedAt,
    notes,
    power: {
      kill: () => power.kill(name),
      stop: (graceSeconds) => power.stop(name, graceSeconds),
      pause: () => power.pause(name),
      unpause: () => power.unpause(name),
      start: () => power.start(name),
    },
    async state() {
      return (await lab.hostStates())[name] ?? { container: 'missing', since: Date.now() }
    },
    exec: (argv, options) => lab.exec(name, argv, { user: 'root', ...options }),
    answering: (everything) => answering(target, { everything }),
  }
}
