import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { defineFault, type FaultTarget } from './fault.js'
import { primaryOf, streamingStandbys } from './data-hosts.js'
import { reinitialize } from './reinitialize.js'

/** PostgreSQL dies first: a running one would write its control file again, and the damage would be half of one. */
const lose = `kill -9 "$(head -n 1 "$PGDATA/postmaster.pid")" && rm -f "$PGDATA/global/pg_control"`

/** Whether PostgreSQL's own tool can read the directory; without its control file nothing can. */
async function readable({ exec }: FaultTarget): Promise<Proof> {
  const { code, stdout, stderr } = await exec(['pg_controldata'], { user: 'postgres', timeoutMs: 5_000 })
  const said = (stderr || stdout).trim().split('\n')[0] ?? ''
  return { holds: code === 0, observed: code === 0 ? 'the control file is readable' : said }
}

export const lostFiles = defineFault({
  kind: 'lost-files',
  group: 'storage',
  summary: 'A standby loses its control file, as by an rm in the wrong place: its data directory is of no use any more',
  action: 'Lose files of {host}',
  proves: "PostgreSQL's own tool can no longer read the control file.",
  targets: 'data-host',
  options: z.strictObject({}),
  needs: 'running',
  alone: true,
  whenGone: 'somebody gave {host} a data directory that works',
  async refuses(context) {
    const { name } = context.target
    const primary = await primaryOf(context)
    if (primary === null) return 'no primary answers, and the data of this host may be the only ones'
    if (primary === name) return `${name} is the primary, and its data can not be had from elsewhere`
    const { holds, observed } = await readable(context)
    return holds ? null : `its data directory is of no use already: ${observed}`
  },
  async apply(context) {
    const { exec, target } = context
    const { code, stderr } = await exec(['sh', '-c', lose], { user: 'postgres', timeoutMs: 5_000 })
    if (code !== 0) throw new Error(stderr.trim() || `exit code ${code}`)
    return `Ended PostgreSQL on ${target.name} and removed the control file of its data directory`
  },
  async proveEffect(context) {
    const { holds, observed } = await readable(context)
    return { holds: !holds, observed }
  },
  effectWithinMs: 15_000,
  heal: reinitialize,
  async proveHealed(context): Promise<Proof> {
    const { name } = context.target
    const standbys = await streamingStandbys(context)
    const observed = `streaming: ${standbys.join(', ') || 'nobody'}`
    return { holds: standbys.includes(name), observed }
  },
  healedWithinMs: 120_000,
  async holdsStill(context) {
    if ((await context.state()).container !== 'running') return true
    return !(await readable(context)).holds
  },
})
