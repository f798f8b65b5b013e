import { stringify } from 'yaml'
import type { HostFile } from '../../docker/archive.js'
import type { ServiceName } from '../../contract/topology.js'
import { hostTls, serverTls } from '../certificates.js'
import { hostsWith, isTls, type LabPlan } from '../plan.js'

export const scrapeSeconds = 5

/** Who has figures, by the service whose they are: all under /metrics. */
const sources: readonly (readonly [job: string, service: ServiceName, port: number])[] = [
  ['postgres', 'postgres-exporter', 9187],
  ['patroni', 'patroni', 8008],
  ['etcd', 'etcd', 2379],
  ['haproxy', 'haproxy', 7000],
  ['prometheus', 'prometheus', 9090],
]

/** Whom Prometheus asks. Every figure carries the name of its host, as the lab spells it. */
export function renderPrometheus(plan: LabPlan): HostFile[] {
  const config = {
    global: { scrape_interval: `${scrapeSeconds}s`, scrape_timeout: `${scrapeSeconds - 2}s` },
    scrape_configs: sources
      .map(([job, service, port]) => ({
        job_name: job,
        ...(isTls(plan) && { scheme: 'https', tls_config: asClient }),
        static_configs: targets(hostsWith(plan.topology, service), port),
      }))
      .filter(({ static_configs: { length } }) => length > 0),
  }
  const content = `# Rendered from the lab's topology.\n${stringify(config, { lineWidth: 0 })}`
  return [
    { path: '/etc/prometheus/prometheus.yml', content, owner: 'root', mode: 0o644 },
    ...servedWithTls(plan, 'prometheus'),
  ]
}

/** Everything else that it takes is on its command line. */
export const renderPostgresExporter = (plan: LabPlan): HostFile[] => servedWithTls(plan, 'postgres-exporter')

/** Figures tell a lot about what is in a database: with a certificate of the lab only, as Prometheus itself has one. */
function servedWithTls(plan: LabPlan, service: 'prometheus' | 'postgres-exporter'): HostFile[] {
  if (!isTls(plan)) return []
  const { cert, key } = serverTls(service)
  const server = {
    cert_file: cert,
    key_file: key,
    client_auth_type: 'RequireAndVerifyClientCert',
    client_ca_file: hostTls.ca,
  }
  return [
    { path: `/etc/${service}/web.yml`, content: stringify({ tls_server_config: server }), owner: 'root', mode: 0o644 },
  ]
}

/** Prometheus's own user may not read the key that the host's users share. */
const asClient = {
  ca_file: hostTls.ca,
  cert_file: serverTls('prometheus').cert,
  key_file: serverTls('prometheus').key,
}

const targets = (hosts: readonly string[], port: number) =>
  hosts.map((host) => ({ targets: [`${host}:${port}`], labels: { host } }))
