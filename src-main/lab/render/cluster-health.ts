import type { HostFile } from '../../docker/archive.js'
import { hostTls } from '../certificates.js'
import { hostsWith, isTls, repositoriesOf, scopeOf, siteMates, stanza, type LabPlan } from '../plan.js'

export const clusterHealthConf = '/etc/cluster-health.conf'

/** Who belongs to the cluster of a host's site, for `cluster-health` (docker/rootfs/usr/local/bin): any host may ask. */
export function renderClusterHealth(plan: LabPlan, host: string): HostFile {
  const { topology } = plan
  const repositories = repositoriesOf(topology)
  const listed = (hosts: readonly string[]): string => `"${hosts.join(' ')}"`
  const content = `# Who belongs to this cluster. Read by cluster-health.
SCOPE=${scopeOf(plan, host)}
DATA_HOSTS=${listed(siteMates(topology, host, 'patroni'))}
ETCD_HOSTS=${listed(siteMates(topology, host, 'etcd'))}
PROXY_HOSTS=${listed(hostsWith(topology, 'haproxy'))}
PGBOUNCER_HOSTS=${listed(hostsWith(topology, 'pgbouncer'))}
${isTls(plan) ? `SCHEME=https\nCURL_OPTIONS='--config ${hostTls.folder}/.curlrc'\n` : ''}${repositories.length > 0 ? `REPOSITORIES=${listed(repositories)}\nSTANZA=${stanza}\n` : ''}RENEW='dojo heal ${plan.lab}, where the fault expired-certificate made it so'
`
  return { path: clusterHealthConf, content, owner: 'root', mode: 0o644 }
}
