/** What is done to the leader, and what authors of such clusters claim of it. */
export interface Cause {
  name: string
  kind: string
  options: Record<string, unknown>
  /** Seconds without writes that they promise at most. */
  claimS: number
}

export const causes: readonly Cause[] = [
  { name: 'graceful stop', kind: 'stop', options: {}, claimS: 5 },
  { name: 'kill -9 of postgres', kind: 'kill', options: { process: 'postgres', signal: 'KILL' }, claimS: 10 },
  { name: 'crash', kind: 'crash', options: {}, claimS: 30 },
  { name: 'freeze', kind: 'freeze', options: {}, claimS: 30 },
  { name: 'partition', kind: 'partition', options: {}, claimS: 30 },
]

/** Ours are what the topology sets; the other side has what Patroni does when nobody sets anything. */
export const sides = {
  ours: [],
  defaults: ['patroni.ttl=30', 'patroni.loop_wait=10', 'patroni.retry_timeout=10'],
} as const
export type Side = keyof typeof sides
