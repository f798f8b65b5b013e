import { setTimeout as pause } from 'node:timers/promises'
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

type Patch = Record<string, unknown>

/**
 * Merges a patch into it, as a person does with patronictl: null removes a key. It is made anew when another change came
 * between, as what it was made from may have changed.
 */
export async function patchConfig(context: Reach, host: string, make: () => Patch | Promise<Patch>): Promise<void> {
  await editConfig(context, host, ['--apply', '-'], async () => JSON.stringify(await make()))
}

const tries = 5
/** Patroni changes the configuration only if it still is what was read; faults that are healed together meet there. */
const overtaken = /aborted due to concurrent changes/

/** `patronictl edit-config` without questions, again when another change came between. Throws what it said. */
export async function editConfig(
  { execOn }: Pick<FaultTarget, 'execOn'>,
  host: string,
  change: readonly string[],
  input: () => Promise<string> = async () => '',
): Promise<void> {
  const argv = ['patronictl', 'edit-config', '--quiet', '--force', ...change]
  for (let left = tries - 1; ; left--) {
    const { code, stderr } = await execOn(host, argv, { input: await input(), timeoutMs: 30_000 })
    if (code === 0) return
    if (left === 0 || !overtaken.test(stderr)) throw new Error(`patronictl said: ${stderr.trim().split('\n').at(-1)}`)
    await pause(Math.random() * 500) // those who met must not meet again
  }
}
