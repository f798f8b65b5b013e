import type { FaultTarget } from './fault.js'
import { keepsBackups } from '../contract/repository.js'

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

/** The hosts that keep the archive, each all of it. */
const keepersOf = ({ hosts }: Reach): string[] => hosts.filter(keepsBackups).map(({ name }) => name)

/** What the archives hold of a timeline. @throws when a host that keeps one can't be asked */
export async function archivedOf(context: Reach, timeline: number, since: number): Promise<string[]> {
  const script = `[ ! -d ${archive} ] || find ${archive} -type f ${namesOf(timeline, since)}`
  const asked = keepersOf(context).map(async (keeper) => {
    const { stdout } = await context.execOn(keeper, ['sh', '-c', script], { timeoutMs: 15_000 })
    return stdout.split('\n').filter(Boolean)
  })
  return (await Promise.all(asked)).flat()
}

/** Takes a timeline out of every archive. Nothing there is no mistake. */
export async function removeFromArchive(context: Reach, timeline: number, since: number): Promise<void> {
  const script = `[ ! -d ${archive} ] || find ${archive} -depth ${namesOf(timeline, since)} -exec rm -rf {} +`
  for (const keeper of keepersOf(context)) {
    const { code, stderr } = await context.execOn(keeper, ['sh', '-c', script], { timeoutMs: 30_000 })
    if (code !== 0)
      throw new Error(`timeline ${timeline} stays in the archive on ${keeper}: ${stderr.trim().split('\n').at(-1)}`)
  }
}

/** The last timeline that PostgreSQL says it chose, in what it logged. */
export function timelineChosen(logged: string): number | null {
  const last = [...logged.matchAll(/selected new timeline ID: (\d+)/g)].at(-1)
  return last ? Number(last[1]) : null
}
