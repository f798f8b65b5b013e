import type { LabInfo } from '../../src-main/contract/lab.js'

/** Lanes in the author's order, from top to bottom and from left to right of the topology. */
export function hostsInOrder(info: LabInfo | null): { hosts: string[]; members: string[] } {
  const ordered = [...(info?.hosts ?? [])].sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1])
  const having = (service: string): string[] =>
    ordered.filter(({ services }) => services.some((each) => each === service)).map(({ name }) => name)
  return { hosts: having('patroni'), members: having('etcd') }
}
