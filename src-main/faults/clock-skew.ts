import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { replicating, scriptOn, whenRunning } from './data-hosts.js'
import { defineFault, type FaultContext } from './fault.js'

const sixHours = 6 * 3600
const least = 30
const toleranceS = 5

const options = z.strictObject({
  seconds: z
    .int()
    .min(-sixHours)
    .max(sixHours)
    .default(600)
    .refine((seconds) => Math.abs(seconds) >= least, `at least ${least} s, ahead or behind`)
    .describe('Seconds that the clock is ahead. Negative: behind'),
})
type Context = FaultContext<z.output<typeof options>>

/** Read by the patroni service when it starts, one file per variable: docker/rootfs/etc/sv/patroni/run. */
const folder = '/etc/sv/patroni/env'
const restartS = 60

/** Seconds that a host's PostgreSQL is ahead of this machine. */
async function aheadBy({ sql, target }: Context): Promise<number> {
  const before = Date.now()
  const [row] = await sql(target.name, 'select extract(epoch from clock_timestamp())::float8 as now')
  return Number(row?.['now']) - (before + Date.now()) / 2 / 1000
}

const restart = (context: Context): Promise<string> =>
  scriptOn(context, context.target.name, `sv -w ${restartS} restart patroni`, { timeoutMs: (restartS + 15) * 1000 })

const isSet = async ({ exec }: Context): Promise<boolean> =>
  (await exec(['test', '-e', folder], { timeoutMs: 5_000 })).code === 0

const spell = (ahead: number): string => `${Math.abs(ahead).toFixed(1)} s ${ahead < 0 ? 'behind' : 'ahead'}`

export const clockSkew = defineFault({
  kind: 'clock-skew',
  group: 'host',
  summary:
    'PostgreSQL and Patroni of the host see another time, after a restart. The kernel, etcd and shells on it do not',
  action: 'Set the clock of {host} wrong',
  proves: "clock_timestamp() on the host, compared with this machine's clock.",
  targets: 'data-host',
  options,
  needs: 'running',
  notesFirst: true,
  alone: true,
  whenGone: 'the clock of {host} is right again, by another hand',
  refuses: async (context) =>
    aheadBy(context).then(
      () => null,
      () => 'its PostgreSQL does not answer, and could not tell the time',
    ),
  async apply(context) {
    const { target, notes, options: wanted } = context
    notes['before'] = await aheadBy(context) // the engine may be a machine with a clock of its own
    await context.save()
    const variables = {
      FAKETIME: `${wanted.seconds < 0 ? '' : '+'}${wanted.seconds}`,
      FAKETIME_DONT_FAKE_MONOTONIC: '1', // timeouts and sleeps go on as they should
      FAKETIME_DISABLE_SHM: '1', // every process by itself: a killed one leaves nothing behind
      NO_FAKE_STAT: '1',
    }
    const files = Object.entries(variables).map(([name, value]) => `echo '${value}' > ${folder}/${name}`)
    await scriptOn(
      context,
      target.name,
      `library=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1)
mkdir -p ${folder}
${files.join('\n')}
echo "$library" > ${folder}/LD_PRELOAD`,
    )
    await restart(context)
    const where = `${Math.abs(wanted.seconds)} s ${wanted.seconds < 0 ? 'behind' : 'ahead'}`
    return `Restarted Patroni and PostgreSQL of ${target.name} with a clock ${where}`
  },
  async proveEffect(context): Promise<Proof> {
    const ahead = await aheadBy(context)
    const expected = Number(context.notes['before']) + context.options.seconds
    return { holds: Math.abs(ahead - expected) < toleranceS, observed: `clock_timestamp() is ${spell(ahead)}` }
  },
  effectWithinMs: 90_000,
  async heal(context) {
    await whenRunning(context)
    await scriptOn(context, context.target.name, `rm -rf ${folder}`)
    await restart(context)
  },
  async proveHealed(context): Promise<Proof> {
    if (await isSet(context)) return { holds: false, observed: `${folder} is still there` }
    const { holds, observed } = await replicating(context.target)
    if (!holds) return { holds, observed }
    const ahead = await aheadBy(context)
    const right = Math.abs(ahead - Number(context.notes['before'])) < toleranceS
    return { holds: right, observed: `clock_timestamp() is ${spell(ahead)}; ${observed}` }
  },
  healedWithinMs: 90_000,
  async holdsStill(context) {
    const { container } = await context.state()
    return container === 'running' ? isSet(context) : container !== 'missing'
  },
})
