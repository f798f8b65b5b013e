import type { HostFile } from '../../docker/archive.js'
import { hostTls } from '../certificates.js'
import { hostsWith, isTls, repositoryOf, stanza, type LabPlan } from '../plan.js'

/** Who belongs to the cluster, for `cluster-health` (docker/rootfs/usr/local/bin): any host may ask. */
export function renderClusterHealth(plan: LabPlan): HostFile {
  const { topology, scope } = plan
  const repository = repositoryOf(topology)
  const listed = (hosts: readonly string[]): string => `"${hosts.join(' ')}"`
  const content = `# Who belongs to this cluster. Read by cluster-health.
SCOPE=${scope}
DATA_HOSTS=${listed(hostsWith(topology, 'patroni'))}
ETCD_HOSTS=${listed(hostsWith(topology, 'etcd'))}
PROXY_HOSTS=${listed(hostsWith(topology, 'haproxy'))}
PGBOUNCER_HOSTS=${listed(hostsWith(topology, 'pgbouncer'))}
${isTls(plan) ? `SCHEME=https\nCURL_OPTIONS='--config ${hostTls.folder}/.curlrc'\n` : ''}${repository ? `REPOSITORY=${repository}\nSTANZA=${stanza}\n` : ''}`
  return { path: '/etc/cluster-health.conf', content, owner: 'root', mode: 0o644 }
}
