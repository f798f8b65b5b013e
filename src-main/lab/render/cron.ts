import type { HostFile } from '../../docker/archive.js'
import {
  etcdEndpoints,
  hostsWith,
  pgdata,
  repositoryKey,
  runs,
  schedulesOf,
  schemeOf,
  stanza,
  type LabPlan,
} from '../plan.js'
import { tlsEnvironment } from './tls.js'

/** What cron runs: base-backup beside a database, pgBackRest on a host that keeps backups. The scripts are in docker/rootfs. */
export const renderCron = (plan: LabPlan, host: string): HostFile[] =>
  runs(plan.topology, host, 'patroni') ? baseBackups(plan, host) : schedules(plan, host)

/** When base-backup runs, and what it and the restore scripts know of the cluster. */
function baseBackups(plan: LabPlan, host: string): HostFile[] {
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
me=${host}
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

/** The whole file is there to be read: a learner looks for it on the host. */
function schedules({ topology, settings }: LabPlan, host: string): HostFile[] {
  const jobs = schedulesOf(settings)
    .map(({ type, at }) => `${at} postgres scheduled-backup ${type} >> /var/log/cron/pgbackrest.log 2>&1\n`)
    .join('')
  const content = `# When pgBackRest backs up. It has no scheduler of its own: cron begins it, and its lock keeps two runs apart.
# Fields: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday); in this host's time zone, a lab's is UTC.
# Where both days are given, either will do. A run that came due while the host was down is not made up for.
# full: everything. diff: what changed since the last full one. incr: what changed since the last of any.
SHELL=/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
PGBACKREST_STANZA=${stanza}
PGBACKREST_REPO=${repositoryKey(topology, host)}
${jobs}`
  return [{ path: '/etc/cron.d/pgbackrest', content, owner: 'root', mode: 0o644 }]
}
