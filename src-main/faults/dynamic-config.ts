import { z } from 'zod'
import { atSiteOf, runningWith } from './data-hosts.js'
import type { FaultTarget } from './fault.js'

/** Patroni's dynamic configuration, as far as faults read it. */
const config = z.looseObject({
  pause: z.boolean().optional(),
  slots: z.record(z.string(), z.unknown()).nullish(),
  postgresql: z.looseObject({ pg_hba: z.array(z.string()).nullish() }).optional(),
})
export type DynamicConfig = z.infer<typeof config>

type Reach = Pick<FaultTarget, 'hosts' | 'execOn' | 'stateOf' | 'target'>

const readScript = `key=$(etcdctl get /service/ --prefix --keys-only | grep '/config$' | head -n 1)
[ -n "$key" ] && etcdctl get --print-value-only "$key"`

/** The dynamic configuration as the etcd of the target's site keeps it: Patroni, which changes it, is not asked. */
export async function readConfig(context: Reach): Promise<DynamicConfig> {
  const asked = await runningWith(atSiteOf(context), 'etcd')
  const answers = asked.map(async (host) => {
    const { code, stdout, stderr } = await context.execOn(host, ['sh', '-c', readScript], { timeoutMs: 15_000 })
    if (code !== 0) throw new Error(`etcd on ${host}: ${stderr.trim().split('\n').at(-1)}`)
    return config.parse(JSON.parse(stdout))
  })
  return Promise.any(answers).catch(() => {
    throw new Error('no member of etcd can say what the dynamic configuration is')
  })
}

/** Merges a patch into it, as `patronictl edit-config` does for a person: null removes a key. */
export async function patchConfig({ execOn }: Reach, host: string, patch: Record<string, unknown>): Promise<void> {
  const argv = ['patronictl', 'edit-config', '--quiet', '--force', '--apply', '-']
  const { code, stderr } = await execOn(host, argv, { input: JSON.stringify(patch), timeoutMs: 30_000 })
  if (code !== 0) throw new Error(`patronictl said: ${stderr.trim().split('\n').at(-1)}`)
}
