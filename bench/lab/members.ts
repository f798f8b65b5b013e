import type { LabHandle } from '../../src-main/lab/handle.js'
import { waitFor } from '../../src-main/util/wait-for.js'

interface Member {
  Member: string
  Role: string
  State: string
}

/** Who leads and who is the synchronous standby, as Patroni's own command tells it: nothing of ours is asked. */
export async function wholePair(handle: LabHandle, withinMs = 120_000): Promise<{ leader: string; standby: string }> {
  const members = await waitFor(
    async () => {
      const { code, stdout, stderr } = await handle.exec('witness', ['patronictl', 'list', '-f', 'json'])
      if (code !== 0) throw new Error(stderr)
      return JSON.parse(stdout) as Member[]
    },
    (all) => find(all, 'Leader', 'running') !== undefined && find(all, 'Sync Standby', 'streaming') !== undefined,
    {
      what: 'a leader and a synchronous standby that streams',
      withinMs,
      signal: new AbortController().signal,
      describe: (all) => all.map(({ Member, Role, State }) => `${Member} ${Role} ${State}`).join(', '),
    },
  )
  return { leader: find(members, 'Leader', 'running')!, standby: find(members, 'Sync Standby', 'streaming')! }
}

const find = (members: readonly Member[], role: string, state: string): string | undefined =>
  members.find(({ Role, State }) => Role === role && State === state)?.Member

/** @throws when Patroni refuses */
export async function switchover(handle: LabHandle, leader: string, candidate: string): Promise<void> {
  const command = ['patronictl', 'switchover', '--leader', leader, '--candidate', candidate, '--force']
  const { code, stdout, stderr } = await handle.exec('witness', command, { timeoutMs: 60_000 })
  if (code !== 0) throw new Error(`patronictl switchover: ${stderr || stdout}`)
}
