import type { HostView } from '../../contract/cluster.js'
import type { LabRecord } from '../../contract/record.js'

/** Role records: one per host whenever its role, timeline or note changed. */
export function concludeRoles(): (hosts: readonly HostView[], t: number) => LabRecord[] {
  const known = new Map<string, string>()
  return (hosts, t) =>
    hosts.flatMap(({ name, role, timeline, note }) => {
      const standing = JSON.stringify([role, timeline, note])
      if (known.get(name) === standing) return []
      known.set(name, standing)
      return [{ t, k: 'role' as const, host: name, role, timeline, note }]
    })
}
