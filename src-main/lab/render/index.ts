import type { HostFile } from '../../docker/archive.js'
import type { ServiceName } from '../../contract/topology.js'
import {
  etcdEndpoints,
  homeOfPostgres,
  libpqRoute,
  pgdata,
  repositoryKey,
  runs,
  stanza,
  type LabPlan,
} from '../plan.js'
import { renderClusterHealth } from './cluster-health.js'
import { renderCron } from './cron.js'
import { renderEtcd } from './etcd.js'
import { renderHaproxy } from './haproxy.js'
import { renderPatroni, renderPatronictl } from './patroni.js'
import { renderPgbackrest } from './pgbackrest.js'
import { renderPgbouncer } from './pgbouncer.js'
import { renderPostgresExporter, renderPrometheus } from './prometheus.js'
import { renderTls, tlsEnvironment } from './tls.js'

const renderers: Record<ServiceName, (plan: LabPlan, host: string) => HostFile[]> = {
  etcd: renderEtcd,
  patroni: renderPatroni,
  pgbackrest: renderPgbackrest,
  haproxy: renderHaproxy,
  pgbouncer: renderPgbouncer,
  cron: renderCron,
  'postgres-exporter': renderPostgresExporter,
  prometheus: renderPrometheus,
}

/** Every file that a host needs: one renderer per service, and what makes bare commands work in a terminal. */
export function renderHost(plan: LabPlan, host: string): HostFile[] {
  const { services } = plan.topology.hosts[host]!
  return [
    ...services.flatMap((service) => renderers[service](plan, host)),
    ...renderPatronictl(plan, host),
    renderClusterHealth(plan, host),
    pgpass(plan),
    ...renderTls(plan, host),
  ]
}

/** Environment of a host: which services run, and where bare `psql` and `etcdctl` go. */
export function renderEnvironment(plan: LabPlan, host: string): Record<string, string> {
  const { topology, credentials } = plan
  const local = runs(topology, host, 'patroni')
  const key = repositoryKey(topology, host)
  return {
    HOST_SERVICES: topology.hosts[host]!.services.join(' '),
    TZ: 'UTC',
    ETCDCTL_ENDPOINTS: etcdEndpoints(plan, host).join(','),
    ...tlsEnvironment(plan),
    ...(runs(topology, host, 'pgbackrest') ? { PGBACKREST_STANZA: stanza } : {}),
    // a host whose only repository is not the first is asked which one is meant; it may not stand in a file
    ...(key > 1 ? { PGBACKREST_REPO: String(key) } : {}),
    PGDATABASE: credentials.app.database,
    // on a data host bare psql is the superuser at the local server, elsewhere a client on the client's route
    ...(local
      ? { PGUSER: credentials.superuser.username, PGDATA: pgdata }
      : { PGUSER: credentials.app.username, ...libpqRoute(topology) }),
  }
}

function pgpass({ credentials }: LabPlan): HostFile {
  const content = [credentials.superuser, credentials.app, credentials.replication]
    .map(({ username, password }) => `*:*:*:${username}:${password}\n`)
    .join('')
  return { path: `${homeOfPostgres}/.pgpass`, content, owner: 'postgres', mode: 0o600 }
}
