import type { HostFile } from '../../docker/archive.js'
import { hostTls } from '../certificates.js'
import {
  etcdEndpoints,
  homeOfPostgres,
  hostsWith,
  isTls,
  repositoriesOf,
  runs,
  scopeOf,
  siteMates,
  stanza,
  type LabPlan,
} from '../plan.js'
import { tlsEnvironment } from './tls.js'

export const clusterHealthConf = '/etc/cluster-health.conf'

/**
 * Who belongs to the cluster of a host's site, for `cluster-health` (docker/rootfs/usr/local/bin): any host may ask. And what
 * a host of a lab has in its environment: a machine that an export configured has not, and its own name may be another.
 */
export function renderClusterHealth(plan: LabPlan, host: string): HostFile {
  const { topology } = plan
  const repositories = repositoriesOf(topology)
  const listed = (hosts: readonly string[]): string => `"${hosts.join(' ')}"`
  const environment = {
    ETCDCTL_ENDPOINTS: etcdEndpoints(plan, host).join(','),
    ...tlsEnvironment(plan),
    ...(runs(topology, host, 'pgbackrest') ? { PGBACKREST_STANZA: stanza } : {}),
  }
  const content = `# Who belongs to this cluster, and which of them this host is. Read by cluster-health.
ME=${host}
SCOPE=${scopeOf(plan, host)}
DATA_HOSTS=${listed(siteMates(topology, host, 'patroni'))}
ETCD_HOSTS=${listed(siteMates(topology, host, 'etcd'))}
PROXY_HOSTS=${listed(hostsWith(topology, 'haproxy'))}
PGBOUNCER_HOSTS=${listed(hostsWith(topology, 'pgbouncer'))}
${isTls(plan) ? `SCHEME=https\nCURL_OPTIONS='--config ${hostTls.folder}/.curlrc'\n` : ''}${repositories.length > 0 ? `REPOSITORIES=${listed(repositories)}\nSTANZA=${stanza}\n` : ''}RENEW='dojo heal ${plan.lab}, where the fault expired-certificate made it so'
# What a shell that ssh, cron or sudo began has not.
export PGPASSFILE="\${PGPASSFILE:-${homeOfPostgres}/.pgpass}"
${Object.entries(environment)
  .map(([name, value]) => `export ${name}=${value}\n`)
  .join('')}`
  return { path: clusterHealthConf, content, owner: 'root', mode: 0o644 }
}
