import { reinitCommand } from '../lab/reinit.js'
import { waitFor } from '../util/wait-for.js'
import { atSiteOf, runningWith, scriptOn } from './data-hosts.js'
import type { FaultTarget } from './fault.js'

/** Patroni's scope, from the one file that has it on every host. */
const scope = `"$(sed -n 's/^scope: *//p' "$PATRONICTL_CONFIG_FILE")"`

/** Has the target's data copied anew from the leader. It is asked for elsewhere, where there is somebody else to ask. */
export async function reinitialize(
  context: Pick<FaultTarget, 'target' | 'hosts' | 'stateOf' | 'execOn'>,
): Promise<void> {
  const { name } = context.target
  const ask = async (): Promise<string> => {
    const running = await runningWith(atSiteOf(context), 'patroni')
    const host = running.find((other) => other !== name) ?? name
    return await scriptOn(context, host, reinitCommand(scope, name), { user: 'postgres', timeoutMs: 30_000 })
  }
  await waitFor(ask, () => true, {
    what: `Patroni to agree to copy ${name} anew`,
    withinMs: 120_000,
    everyMs: 1_000,
    signal: new AbortController().signal,
    describe: String,
  })
}
