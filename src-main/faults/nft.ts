import type { FaultTarget } from './fault.js'

/** One table per fault: healing removes what this fault added, and nothing else. */
export const tableOf = (id: string): string => `inet dojo_${id}`

type Beside = Pick<FaultTarget, 'id' | 'beside'>

async function nft({ beside }: Beside, host: string, commands: string): Promise<string> {
  const { code, stdout, stderr } = await beside(host, `nft -f - <<'EOF'\n${commands}\nEOF`)
  if (code !== 0) throw new Error(`nft beside ${host}: ${stderr.trim().split('\n')[0] ?? `code ${code}`}`)
  return stdout
}

/** Adds this fault's table beside a host, with these chains in it. */
export const addTable = async (context: Beside, host: string, chains: readonly string[]): Promise<void> =>
  void (await nft(context, host, `table ${tableOf(context.id)} {\n${chains.join('\n')}\n}`))

/** Removes this fault's table. "add" first: deleting an absent table is an error, and healing twice must not be one. */
export const removeTable = async (context: Beside, host: string): Promise<void> =>
  void (await nft(context, host, `add table ${tableOf(context.id)}\ndelete table ${tableOf(context.id)}`))

/** Tables of faults in a host's network, as the kernel lists them. */
export async function tablesBeside(context: Beside, host: string): Promise<string[]> {
  const listed = await nft(context, host, 'list tables')
  return listed
    .split('\n')
    .map((line) => line.replace(/^table /, ''))
    .filter((name) => name.startsWith('inet dojo_'))
}

/** How many packets met this fault's rules beside a host. */
export async function packetsMet(context: Beside, host: string): Promise<number> {
  const listed = await nft(context, host, `list table ${tableOf(context.id)}`)
  return [...listed.matchAll(/packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
}
