import type { FaultTarget } from './fault.js'

type Reach = Pick<FaultTarget, 'hosts' | 'execOn'>

const archive = '/var/lib/pgbackrest/archive'

/** A timeline as files are named: eight hexadecimal digits. */
export const timelineName = (timeline: number): string => timeline.toString(16).toUpperCase().padStart(8, '0')

/**
 * Names in the archive that belong to a timeline, its history first of all: while that is there, every standby of the
 * older timeline takes it for the newest, and ends with "requested timeline is not a child of this server's history".
 * A segment that the promotion left unfinished is archived as partial, in the name of the timeline before.
 */
const namesOf = (timeline: number, since: number): string =>
  `\\( -name '${timelineName(timeline)}*' -o -name '*.partial-*' -newermt '@${Math.floor(since / 1000)}' \\)`

/** The host that keeps the archive; undefined where a topology has none. */
const keeperOf = ({ hosts }: Reach): string | undefined =>
  hosts.find(({ services }) => services.includes('pgbackrest') && !services.includes('patroni'))?.name

/** What the archive holds of a timeline. @throws when the host that keeps it can't be asked */
export async function archivedOf(context: Reach, timeline: number, since: number): Promise<string[]> {
  const keeper = keeperOf(context)
  if (!keeper) return []
  const script = `[ ! -d ${archive} ] || find ${archive} -type f ${namesOf(timeline, since)}`
  const { stdout } = await context.execOn(keeper, ['sh', '-c', script], { timeoutMs: 15_000 })
  return stdout.split('\n').filter(Boolean)
}

/** Takes a timeline out of the archive. Nothing there is no mistake. */
export async function removeFromArchive(context: Reach, timeline: number, since: number): Promise<void> {
  const keeper = keeperOf(context)
  if (!keeper) return
  const script = `[ ! -d ${archive} ] || find ${archive} -depth ${namesOf(timeline, since)} -exec rm -rf {} +`
  const { code, stderr } = await context.execOn(keeper, ['sh', '-c', script], { timeoutMs: 30_000 })
  if (code !== 0) throw new Error(`timeline ${timeline} stays in the archive: ${stderr.trim().split('\n').at(-1)}`)
}

/** The last timeline that PostgreSQL says it chose, in what it logged. */
export function timelineChosen(logged: string): number | null {
  const last = [...logged.matchAll(/selected new timeline ID: (\d+)/g)].at(-1)
  return last ? Number(last[1]) : null
}
