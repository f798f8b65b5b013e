import { stringify } from 'yaml'
import type { HostFile } from '../../docker/archive.js'
import { siteMates, siteOf, type LabPlan } from '../plan.js'

/** etcd's own configuration. Names and not addresses, because a member is known by its URL for good. */
export function renderEtcd({ lab, topology, settings }: LabPlan, host: string): HostFile[] {
  const site = siteOf(topology, host)
  const config = {
    name: host,
    'data-dir': '/var/lib/etcd/data',
    'listen-client-urls': 'http://0.0.0.0:2379',
    'listen-peer-urls': 'http://0.0.0.0:2380',
    'advertise-client-urls': `http://${host}:2379`,
    'initial-advertise-peer-urls': `http://${host}:2380`,
    'initial-cluster': siteMates(topology, host, 'etcd')
      .map((member) => `${member}=http://${member}:2380`)
      .join(','),
    'initial-cluster-state': 'new',
    'initial-cluster-token': site === undefined ? lab : `${lab}-${site}`,
    'heartbeat-interval': settings.etcd.heartbeat_interval,
    'election-timeout': settings.etcd.election_timeout,
    'auto-compaction-mode': 'periodic',
    'auto-compaction-retention': '10m',
    'enable-grpc-gateway': true, // Patroni speaks to it, and a configuration file switches it off by default
    'log-level': 'info',
    'log-outputs': ['stderr'],
  }
  return [{ path: '/etc/etcd/etcd.yml', content: stringify(config, { lineWidth: 0 }), owner: 'etcd', mode: 0o644 }]
}
