import { stringify } from 'yaml'
import type { HostFile } from '../../docker/archive.js'
import { hostTls, serverTls } from '../certificates.js'
import { isTls, schemeOf, siteMates, siteOf, type LabPlan } from '../plan.js'

/** Whoever has a certificate of the lab may read and write everything; etcd's own users would need a quorum to exist. */
const { cert, key } = serverTls('etcd')
const security = { 'cert-file': cert, 'key-file': key, 'trusted-ca-file': hostTls.ca, 'client-cert-auth': true }

/** etcd's own configuration. Names and not addresses, because a member is known by its URL for good. */
export function renderEtcd(plan: LabPlan, host: string): HostFile[] {
  const { lab, topology, settings } = plan
  const [scheme, site] = [schemeOf(plan), siteOf(topology, host)]
  const config = {
    name: host,
    'data-dir': '/var/lib/etcd/data',
    'listen-client-urls': `${scheme}://0.0.0.0:2379`,
    'listen-peer-urls': `${scheme}://0.0.0.0:2380`,
    'advertise-client-urls': `${scheme}://${host}:2379`,
    'initial-advertise-peer-urls': `${scheme}://${host}:2380`,
    'initial-cluster': siteMates(topology, host, 'etcd')
      .map((member) => `${member}=${scheme}://${member}:2380`)
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
    ...(isTls(plan) && { 'client-transport-security': security, 'peer-transport-security': security }),
  }
  return [{ path: '/etc/etcd/etcd.yml', content: stringify(config, { lineWidth: 0 }), owner: 'etcd', mode: 0o644 }]
}
