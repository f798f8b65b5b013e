import { stringify } from 'yaml'
import type { HostFile } from '../../docker/archive.js'
import type { ServiceName } from '../../contract/topology.js'
import { hostsWith, type LabPlan } from '../plan.js'

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
export function renderPrometheus({ topology }: LabPlan): HostFile[] {
  const config = {
    global: { scrape_interval: `${scrapeSeconds}s`, scrape_timeout: `${scrapeSeconds - 2}s` },
    scrape_configs: sources
      .map(([job, service, port]) => ({ job_name: job, static_configs: targets(hostsWith(topology, service), port) }))
      .filter(({ static_configs: { length } }) => length > 0),
  }
  const content = `# Rendered from the lab's topology.\n${stringify(config, { lineWidth: 0 })}`
  return [{ path: '/etc/prometheus/prometheus.yml', content, owner: 'root', mode: 0o644 }]
}

const targets = (hosts: readonly string[], port: number) =>
  hosts.map((host) => ({ targets: [`${host}:${port}`], labels: { host } }))
