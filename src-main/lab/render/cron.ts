import type { HostFile } from '../../docker/archive.js'
import { etcdEndpoints, hostsWith, pgdata, schemeOf, type LabPlan } from '../plan.js'
import { tlsEnvironment } from './tls.js'

/** When base-backup runs, and what it and the restore scripts know of the cluster; the scripts are in docker/rootfs. */
export function renderCron(plan: LabPlan, host: string): HostFile[] {
  const { scope, topology, settings, credentials } = plan
  const { every, keep } = settings.cron
  const minutes = every === 60 ? '0' : every === 1 ? '*' : `*/${every}`
  const tls = Object.entries(tlsEnvironment(plan))
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
  const job = `# Rendered from the lab's topology. Cron gives its jobs hardly any environment.
SHELL=/bin/sh
PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/bin:/bin
${tls}${minutes} * * * * postgres base-backup >> /var/log/cron/base-backup.log 2>&1
`
  const facts = `# Rendered from the lab's topology; read by base-backup and the restore scripts.
keep=${keep}
scope=${scope}
members='${hostsWith(topology, 'patroni').join(' ')}'
replication=${credentials.replication.username}
rest=${schemeOf(plan)}
# what a shell that cron or sudo began has not
export PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:$PATH PGDATA=${pgdata}
export ETCDCTL_ENDPOINTS=${etcdEndpoints(plan, host).join(',')}
`
  return [
    { path: '/etc/cron.d/base-backup', content: job, owner: 'root', mode: 0o644 },
    { path: '/etc/base-backup.conf', content: facts, owner: 'root', mode: 0o644 },
  ]
}
