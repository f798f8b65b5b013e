import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { keepsBackups } from '../contract/repository.js'
import { stanza } from '../lab/plan.js'
import { outputOf, scriptOn, whenRunning } from './data-hosts.js'
import { defineFault, type FaultContext } from './fault.js'

type Context = FaultContext<Record<string, never>>

const repository = '/var/lib/pgbackrest'
const damage = 'X'.repeat(32)
/** Within every file that is chosen, behind its header. */
const at = 1024

interface Info {
  backup?: { label: string; type: string }[]
}

/** The newest full backup: later ones may need it. */
async function newestFull(context: Context): Promise<string | null> {
  const said = await outputOf(context, context.target.name, ['pgbackrest', 'info', '--output=json'], {
    user: 'postgres',
  })
  const [answer] = JSON.parse(said || '[]') as Info[]
  return answer?.backup?.findLast(({ type }) => type === 'full')?.label ?? null
}

const bytesNow = async (context: Context): Promise<string> => {
  const { code, stdout } = await context.exec(
    [
      'sh',
      '-c',
      `dd if='${String(context.notes['file'])}' bs=1 skip=${at} count=${damage.length} 2>/dev/null | base64`,
    ],
    { timeoutMs: 5_000 },
  )
  return code === 0 ? stdout.trim() : ''
}
const damaged = Buffer.from(damage).toString('base64')

/** What pgBackRest says of the backup when it reads all of it: "invalid, total files checked: 1271, ...". */
async function verified(context: Context): Promise<string> {
  const said = await outputOf(
    context,
    context.target.name,
    ['pgbackrest', `--stanza=${stanza}`, 'verify', '--output=text', '--verbose', '--log-level-console=off'],
    { user: 'postgres', timeoutMs: 120_000 },
  )
  const line = said.split('\n').find((one) => one.includes(`backup: ${String(context.notes['label'])},`))
  return line?.replace(/^.*status: /, '') ?? 'not in the repository any more'
}

export const damagedBackup = defineFault({
  kind: 'damaged-backup',
  group: 'storage',
  summary:
    'A file of the newest full backup is altered in the repository: nobody notices until it is verified or needed',
  action: 'Damage a backup on {host}',
  proves: '`pgbackrest verify` finds the file.',
  targets: 'any-host',
  options: z.strictObject({}),
  needs: 'running',
  alone: true,
  whenGone: 'the altered file on {host} is whole again or gone, by another hand',
  async refuses(context) {
    const { target, hosts } = context
    if (!keepsBackups(target)) {
      const keepers = hosts.filter(keepsBackups).map(({ name }) => name)
      return keepers.length > 0
        ? `backups are not here but on ${keepers.join(' and ')}`
        : 'no host of this lab keeps backups'
    }
    return (await newestFull(context)) === null ? 'no full backup is there yet' : null
  },
  async apply(context) {
    const { target, notes } = context
    const label = await newestFull(context)
    const folder = `${repository}/backup/${stanza}/${label}/pg_data/base`
    const largest = `find ${folder} -type f -size +${Math.ceil((at + damage.length) / 1024)}k -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-`
    notes['file'] = await scriptOn(context, target.name, largest)
    if (notes['file'] === '') throw new Error(`no file of backup ${label} is large enough`)
    notes['label'] = label
    notes['bytes'] = await bytesNow(context)
    await context.save()
    await write(context, damaged)
    return `Altered ${damage.length} bytes in ${String(notes['file'])}`
  },
  async proveEffect(context): Promise<Proof> {
    const said = await verified(context)
    return { holds: said.startsWith('invalid'), observed: `pgbackrest verify: ${said}` }
  },
  effectWithinMs: 180_000,
  async heal(context) {
    await whenRunning(context)
    if ((await bytesNow(context)) === damaged) await write(context, context.notes['bytes'] as string)
  },
  async proveHealed(context): Promise<Proof> {
    const said = await verified(context)
    return { holds: !said.startsWith('invalid'), observed: `pgbackrest verify: ${said}` }
  },
  healedWithinMs: 180_000,
  async holdsStill(context) {
    const { container } = await context.state()
    if (container !== 'running') return container !== 'missing'
    return (await bytesNow(context)) === damaged
  },
})

const write = async ({ target, execOn, notes }: Context, base64: string): Promise<void> => {
  const to = `of='${String(notes['file'])}' bs=1 seek=${at} conv=notrunc`
  await scriptOn({ execOn }, target.name, `echo ${base64} | base64 -d | dd ${to} 2>/dev/null`)
}
