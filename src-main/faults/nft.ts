import type { LabHost } from '../contract/lab.js'
import type { FaultTarget } from './fault.js'

/** One table per fault: healing removes what this fault added, and nothing else. */
export const tableOf = (id: string): string => `inet dojo_${id}`

/** Packets between a host and its peers, seen from the host. */
export interface Traffic {
  direction: 'in' | 'out' | 'both'
  /** Named by address, so that this machine's own route to the host, by which it is observed, is none of them. */
  peers: readonly LabHost[]
  /** TCP ports at either end; none: everything. */
  ports: readonly number[]
}

/** Chains for a table beside the host: what is done with each such packet, in nft's words. */
export function chainsFor({ direction, peers, ports }: Traffic, verdict: string): string[] {
  const addresses = `{ ${peers.map(({ address }) => address).join(', ')} }`
  const rules = (side: 'saddr' | 'daddr'): string =>
    (ports.length > 0 ? [`tcp dport { ${ports.join(', ')} } `, `tcp sport { ${ports.join(', ')} } `] : [''])
      .map((match) => `ip ${side} ${addresses} ${match}${verdict};`)
      .join(' ')
  const inward = `chain in { type filter hook input priority -10; ${rules('saddr')} }`
  const outward = `chain out { type filter hook output priority -10; ${rules('daddr')} }`
  return { in: [inward], out: [outward], both: [inward, outward] }[direction]
}

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

/**
 * How many packets met this fault's rules beside a host, by the kernel's counters. Of a rule with two counters, the first
 * counts what was looked at and the second what the verdict hit.
 */
export async function packetsMet(context: Beside, host: string): Promise<{ seen: number; hit: number }> {
  return countsIn(await nft(context, host, `list table ${tableOf(context.id)}`))
}

export function countsIn(listed: string): { seen: number; hit: number } {
  const sum = { seen: 0, hit: 0 }
  for (const line of listed.split('\n')) {
    const counts = [...line.matchAll(/packets (\d+)/g)].map(([, count]) => Number(count))
    sum.seen += counts.at(0) ?? 0
    sum.hit += counts.at(-1) ?? 0
  }
  return sum
}
