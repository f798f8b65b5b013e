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
  const { topology } = plan
  const tls = isTls(plan) ? { scheme: 'https', tls_config: asClient } : {}
  const config = {
    global: { scrape_interval: `${scrapeSeconds}s`, scrape_timeout: `${scrapeSeconds - 2}s` },
    scrape_configs: sources
      .map(([job, service, port]) => ({
        job_name: job,
        ...tls,
        static_configs: targets(hostsWith(topology, service), port),
      }))
      .filter(({ static_configs: { length } }) => length > 0),
  }
  const content = `# Rendered from the lab's topology.\n${stringify(config, { lineWidth: 0 })}`
  return [
    { path: '/etc/prometheus/prometheus.yml', content, owner: 'root', mode: 0o644 },
    webConfig(plan, 'prometheus', '/etc/prometheus/web.yml'),
  ]
}

/** The exporter takes everything else from its command line. */
export const renderExporter = (plan: LabPlan): HostFile[] => [
  webConfig(plan, 'postgres-exporter', '/etc/postgres-exporter/web.yml'),
]

const own = serverTls('prometheus')
/** Its own certificate is also good for asking: whoever has figures wants to know who asks. */
const asClient = { ca_file: hostTls.ca, cert_file: own.cert, key_file: own.key }

/** How the two serve: with TLS for whoever has a certificate of the lab, or, with nothing in it, plainly. */
function webConfig(plan: LabPlan, service: 'prometheus' | 'postgres-exporter', path: string): HostFile {
  const { cert, key } = serverTls(service)
  const tls = {
    cert_file: cert,
    key_file: key,
    client_auth_type: 'RequireAndVerifyClientCert',
    client_ca_file: hostTls.ca,
  }
  const content = isTls(plan) ? stringify({ tls_server_config: tls }, { lineWidth: 0 }) : ''
  return { path, content, owner: 'root', mode: 0o644 }
}

const targets = (hosts: readonly string[], port: number) =>
  hosts.map((host) => ({ targets: [`${host}:${port}`], labels: { host } }))
