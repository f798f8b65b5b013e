import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { dataDisk, walDisk } from '../lab/plan.js'
import { waitFor } from '../util/wait-for.js'
import { outputOf, primaryOf, replicating, whenRunning } from './data-hosts.js'
import { defineFault, type FaultContext } from './fault.js'
import { reinitialize } from './reinitialize.js'

const options = z.strictObject({
  which: z
    .enum(['data', 'wal'])
    .default('data')
    .describe('data: the disk under tables. wal: the disk under WAL, without which PostgreSQL can do nothing'),
  leaveMiB: z.int().min(0).max(4096).default(0).describe('MiB that stay free'),
})
type Context = FaultContext<z.output<typeof options>>

const mebi = 1024 ** 2
const tries = 5
const recoverMs = 20_000
const pathOf = ({ options: { which } }: Context): string => ({ data: dataDisk, wal: walDisk })[which]
const ballastOf = (context: Context): string => `${pathOf(context)}/ballast-${context.id}`

/** What the kernel says of the file system; null when the host has no disk of its own there. */
async function diskOf(context: Context): Promise<{ size: number; free: number } | null> {
  const path = pathOf(context)
  const { stdout } = await context.exec(['df', '--block-size=1', '--output=target,size,avail', path], {
    timeoutMs: 5_000,
  })
  const [mounted, size, free] = (stdout.trim().split('\n')[1] ?? '').trim().split(/\s+/)
  return mounted === path ? { size: Number(size), free: Number(free) } : null
}

const isThere = async (context: Context): Promise<boolean> =>
  (await context.exec(['test', '-e', ballastOf(context)], { timeoutMs: 5_000 })).code === 0

const spell = ({ size, free }: { size: number; free: number }): string =>
  `${Math.floor(free / mebi)} of ${Math.round(size / mebi)} MiB free`

export const diskFull = defineFault({
  kind: 'disk-full',
  group: 'storage',
  summary:
    'A disk of PostgreSQL fills up with a file that is none of its own. Needs hosts with disks: pair-small-disks',
  action: 'Fill a disk of {host}',
  proves: 'The kernel says how little is free on the volume.',
  targets: 'data-host',
  options,
  needs: 'running',
  whenGone: 'the file that filled the disk of {host} is gone, by another hand',
  async refuses(context) {
    const { target, options: wanted } = context
    const disk = await diskOf(context)
    if (!disk) {
      const where = "its PostgreSQL keeps that on this machine's own disk, which no fault fills"
      return `${target.name} has no ${wanted.which} disk of its own: ${where}. Use a lab of pair-small-disks, or of a topology with \`${wanted.which === 'data' ? 'disk' : 'walDisk'}\``
    }
    return disk.free <= wanted.leaveMiB * mebi ? `no more than that is free: ${spell(disk)}` : null
  },
  async apply(context) {
    const { target, options: wanted, execOn } = context
    // PostgreSQL may take some of the room between asking and taking; then what is left is asked again
    for (let attempt = 1; ; attempt++) {
      const { free } = (await diskOf(context))!
      const bytes = free - wanted.leaveMiB * mebi
      if (bytes <= 0) throw new Error('PostgreSQL has filled the disk by itself')
      const { code, stderr } = await execOn(target.name, ['fallocate', '--length', String(bytes), ballastOf(context)], {
        user: 'root',
        timeoutMs: 30_000,
      })
      if (code === 0) break
      if (attempt === tries) throw new Error(stderr.trim())
    }
    const left = wanted.leaveMiB === 0 ? 'nothing' : `${wanted.leaveMiB} MiB`
    return `Filled the ${wanted.which} disk of ${target.name} and left ${left}: ${ballastOf(context)}`
  },
  async proveEffect(context): Promise<Proof> {
    const disk = await diskOf(context)
    if (!disk) return { holds: false, observed: 'the disk is gone' }
    return { holds: disk.free < (context.options.leaveMiB + 1) * mebi, observed: `the kernel says ${spell(disk)}` }
  },
  effectWithinMs: 10_000,
  async heal(context) {
    const { target, notes } = context
    await whenRunning(context)
    await outputOf(context, target.name, ['rm', '-f', ballastOf(context)])
    const recovered = await waitFor(
      () => replicating(target),
      ({ holds }) => holds,
      {
        what: `${target.name} to recover by itself`,
        withinMs: recoverMs,
        everyMs: 500,
        signal: new AbortController().signal,
        describe: ({ observed }) => observed,
      },
    ).catch(() => null)
    if (recovered) return
    // what stumbles over something that it could not write is made anew from a primary; without one it can only try again
    const primary = await primaryOf(context)
    const canCopy = primary !== null && primary !== target.name
    notes['repair'] = canCopy ? `Patroni made it anew from ${primary} (reinit)` : 'Patroni was restarted'
    await context.save()
    await (canCopy
      ? reinitialize(context)
      : outputOf(context, target.name, ['sv', '-w', '50', 'restart', 'patroni'], { timeoutMs: 60_000 }))
  },
  async proveHealed(context): Promise<Proof> {
    if (await isThere(context)) return { holds: false, observed: `${ballastOf(context)} is still there` }
    const [disk, { holds, observed }] = await Promise.all([diskOf(context), replicating(context.target)])
    const how = (context.notes['repair'] as string | undefined) ?? 'it went on by itself'
    return { holds, observed: `${disk ? spell(disk) : 'the disk is gone'}; ${observed}; ${how}` }
  },
  healedWithinMs: 90_000,
  async holdsStill(context) {
    const { container } = await context.state()
    // a disk is kept while its host is down
    return container === 'running' ? isThere(context) : container !== 'missing'
  },
})
