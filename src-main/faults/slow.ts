import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { defineFault, type FaultTarget } from './fault.js'

const options = z.strictObject({
  percent: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('Percent of one core that everything on the host gets together'),
})

// version 2 of control groups first, then version 1; the loop uses what it can get for half a second
const look = `
read_first() { for file; do [ -r "$file" ] && cat "$file" && return; done; }
stat() { read_first /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat | sed -n 's/^nr_throttled //p'; }
if [ -r /sys/fs/cgroup/cpu.max ]; then cat /sys/fs/cgroup/cpu.max
else cd /sys/fs/cgroup/cpu && echo "$(cat cpu.cfs_quota_us) $(cat cpu.cfs_period_us)"; fi
stat
python3 -c '
import time
began, used = time.monotonic(), time.process_time()
while time.monotonic() - began < 0.5: pass
print(round((time.process_time() - used) / (time.monotonic() - began) * 100))'
stat
`

interface Busy {
  /** Percent of one core, by the control group. */
  limit: number | null
  gotPercent: number
  /** How often the kernel held the host back while the loop ran. */
  heldBack: number
}

/** Runs a busy loop on the host, and reads what the kernel says of it. */
async function busy({ exec, target }: FaultTarget): Promise<Busy> {
  const { code, stdout, stderr } = await exec(['sh', '-c', look], { timeoutMs: 60_000 })
  const [quota = '', ...numbers] = stdout.trim().split('\n')
  const [before, gotPercent, after] = numbers.map(Number)
  const [allowed, period] = quota.split(' ').map(Number)
  if (code !== 0 || before === undefined || gotPercent === undefined || after === undefined || Number.isNaN(after)) {
    throw new Error(`a loop on ${target.name} could not be measured: ${stderr.trim() || stdout.trim()}`)
  }
  const limit = allowed! > 0 ? (allowed! / period!) * 100 : null // max and -1 stand for none
  return { limit, gotPercent, heldBack: after - before }
}
const inWords = ({ limit, gotPercent, heldBack }: Busy): string =>
  `kernel: ${limit === null ? 'no limit' : `${limit} % of a core`}; a busy loop got ${gotPercent} % of a core; the kernel held the host back ${heldBack} times meanwhile`

export const slow = defineFault({
  kind: 'slow',
  group: 'host',
  summary: 'Everything on the host shares a small part of one core, as on a machine whose neighbours are busy',
  action: 'Slow {host} down',
  proves: 'The control group has the limit, and a busy loop on the host gets no more.',
  targets: 'any-host',
  options,
  needs: 'running',
  alone: true,
  async apply({ target, power, options: { percent } }) {
    await power.limitCpu(percent)
    return `Limited everything on ${target.name} to ${percent} % of one core`
  },
  async proveEffect(context): Promise<Proof> {
    const measured = await busy(context)
    const { percent } = context.options
    // a quota is granted ten times a second, and half a second may see one more of them. On a busy machine the loop may
    // get less than its limit, and then is never held back
    const within = measured.gotPercent <= (measured.heldBack > 0 ? percent * 1.5 + 5 : percent)
    return { holds: measured.limit === percent && within, observed: inWords(measured) }
  },
  effectWithinMs: 90_000,
  heal: ({ power }) => power.limitCpu(null),
  async proveHealed(context): Promise<Proof> {
    const limit = await context.cpuLimit()
    if (limit !== null) return { holds: false, observed: `engine: ${limit} % of one core` }
    if ((await context.state()).container !== 'running')
      return { holds: true, observed: 'engine: no limit; it is down' }
    const measured = await busy(context)
    return { holds: measured.limit === null && measured.heldBack === 0, observed: inWords(measured) }
  },
  healedWithinMs: 30_000,
  holdsStill: async ({ cpuLimit }) => (await cpuLimit()) !== null,
  whenGone: 'the limit on {host} was taken away by another hand',
})
