import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { atSiteOf, runningWith } from './data-hosts.js'
import { readConfig } from './dynamic-config.js'
import { defineFault, type FaultContext } from './fault.js'

type Context = FaultContext<Record<string, unknown>>

async function patronictl({ exec }: Context, verb: 'pause' | 'resume'): Promise<void> {
  const { code, stdout, stderr } = await exec(['patronictl', verb], { timeoutMs: 30_000 })
  const said = `${stderr}${stdout}`.trim()
  // somebody was quicker, and it is as it should be
  if (code !== 0 && !/already paused|not paused/.test(said)) throw new Error(`patronictl ${verb} said: ${said}`)
}

/** What each member that answers says of itself over REST. */
async function membersPaused(context: Context): Promise<Map<string, boolean>> {
  const hosts = await runningWith(atSiteOf(context), 'patroni')
  const asked = hosts.map(async (host) => {
    const scheme = context.hosts.find(({ name }) => name === host)?.endpoints.patroni?.tls ? 'https' : 'http'
    const argv = ['curl', '--silent', '--max-time', '2', `${scheme}://${host}:8008/patroni`]
    const { stdout } = await context.execOn(host, argv, { timeoutMs: 5_000 })
    return [host, (JSON.parse(stdout) as { pause?: boolean }).pause === true] as const
  })
  const said = await Promise.allSettled(asked)
  return new Map(said.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
}

export const forgottenPause = defineFault({
  kind: 'forgotten-pause',
  group: 'people',
  summary: 'Somebody paused Patroni for maintenance and forgot it: nothing fails over until it is resumed',
  action: 'Pause Patroni, from {host}',
  proves: 'Every member that answers GET /patroni says that it is paused.',
  targets: 'data-host',
  options: z.strictObject({}),
  needs: 'running',
  whenGone: 'the cluster was resumed by another hand',
  async refuses(context) {
    return (await readConfig(context)).pause === true ? 'the cluster is paused already' : null
  },
  async apply(context) {
    await patronictl(context, 'pause')
    return `Paused the cluster, from ${context.target.name}`
  },
  async proveEffect(context): Promise<Proof> {
    const said = await membersPaused(context)
    const acting = [...said].filter(([, paused]) => !paused).map(([name]) => name)
    return {
      holds: said.size > 0 && acting.length === 0,
      observed: `GET /patroni: ${[...said].map(([name, paused]) => `${name} ${paused ? 'paused' : 'acts'}`).join(', ')}`,
    }
  },
  effectWithinMs: 60_000,
  heal: (context) => patronictl(context, 'resume'),
  async proveHealed(context): Promise<Proof> {
    const [said, { pause }] = await Promise.all([membersPaused(context), readConfig(context)])
    const paused = [...said].filter(([, yes]) => yes).map(([name]) => name)
    return {
      holds: said.size > 0 && paused.length === 0 && pause !== true,
      observed: `etcd: ${pause === true ? 'paused' : 'not paused'}; GET /patroni: ${paused.length === 0 ? `${[...said.keys()].join(', ') || 'nobody'} acts` : `${paused.join(', ')} still paused`}`,
    }
  },
  healedWithinMs: 60_000,
  // kept in etcd: neither our app nor any host has to be up for it
  holdsStill: async (context) => (await readConfig(context)).pause === true,
})
