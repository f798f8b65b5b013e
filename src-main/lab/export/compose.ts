import { stringify } from 'yaml'
import { baseBackupHosts, homeOfPostgres, isRepository, runs, type LabPlan } from '../plan.js'
import { renderEnvironment } from '../render/index.js'
import { published } from './clients.js'
import { below, filesOf, fixedFiles, imageFiles, initFiles, readable } from './files.js'
import type { ExportSource } from './index.js'
import { composeReadme } from './readme.js'
import { plainTokens, withoutSecrets, type ExportedFile } from './tokens.js'

/** Another block than the labs' own, so that a lab and its export can run side by side. */
const prefix = '10.78.0'

/** A compose project of the same hosts: the same image, the same configuration, put in place by a start script. */
export function asCompose(source: ExportSource): ExportedFile[] {
  const { topology } = source.plan
  const bare = withoutSecrets(source.plan, plainTokens)
  const hosts = Object.keys(topology.hosts).flatMap((host) => {
    const files = filesOf(bare, host, 'compose')
    const manifest = files.map(({ path, owner, mode }) => `${mode.toString(8)} ${owner} ${path}\n`).join('')
    return below(`hosts/${host}`, [
      { path: 'manifest', content: manifest, mode: readable },
      ...files.map(({ path, content }) => ({ path: path.slice(1), content, mode: readable })),
    ])
  })
  return [
    ...hosts,
    ...below('image', imageFiles()),
    ...fixedFiles('compose'),
    ...initFiles(source.plan),
    { path: '.env', content: environment(source), mode: readable },
    { path: 'docker-compose.yml', content: composeFile(source, bare), mode: readable },
    composeReadme(source),
  ]
}

const environment = (source: ExportSource): string =>
  `# Read by docker compose. The name of the project, the network's first three octets, and the ports on this machine.
COMPOSE_PROJECT_NAME=${source.info.lab}
PREFIX=${prefix}
${published(source.plan.topology)
  .map(({ variable, fixed }) => `${variable}=${fixed}\n`)
  .join('')}`

function composeFile(source: ExportSource, bare: LabPlan): string {
  const { info, plan } = source
  const { topology } = plan
  const ports = published(topology)
  const addressOf = (host: string): string => `\${PREFIX}.${topology.hosts[host]!.address}`
  const services = Object.entries(topology.hosts).map(([name, { memory }]) => [
    name,
    {
      image: info.image,
      build: { context: './image', network: 'host' },
      hostname: name,
      entrypoint: ['/usr/bin/tini', '--', '/config/start'],
      environment: { ...renderEnvironment(bare, name), PREFIX: '${PREFIX}', ...firstBackup(source, name) },
      labels: { 'pg-ha-dojo.export': '${COMPOSE_PROJECT_NAME}' },
      networks: { cluster: { ipv4_address: addressOf(name) } },
      extra_hosts: Object.keys(topology.hosts)
        .filter((host) => host !== name)
        .map((host) => `${host}:${addressOf(host)}`),
      ...optional(
        'ports',
        ports.filter(({ host }) => host === name).map(({ variable, inside }) => `127.0.0.1:\${${variable}}:${inside}`),
      ),
      volumes: [
        './start:/config/start:ro',
        `./hosts/${name}:/config/host:ro`,
        './secrets/passwords:/secrets/passwords:ro',
        `./secrets/${name}:/secrets/tls:ro`,
        ...keptOf(source, name).map((path) => `${volumeOf(name, path)}:${path}`),
      ],
      mem_limit: memory.replace('i', '').toLowerCase(),
      shm_size: '128m',
      stop_grace_period: '60s',
    },
  ])
  const volumes = Object.keys(topology.hosts).flatMap((host) =>
    keptOf(source, host).map((path) => [volumeOf(host, path), {}]),
  )
  const text = stringify(
    {
      services: Object.fromEntries(services),
      networks: { cluster: { driver: 'bridge', ipam: { config: [{ subnet: '${PREFIX}.0/24' }] } } },
      volumes: Object.fromEntries(volumes),
    },
    { lineWidth: 0, version: '1.1' },
  )
  return `# ${topology.summary}.\n# No restart policy: the engine must not repair what Patroni should. README.md says how to start.\n${text}`
}

const optional = (key: string, list: readonly string[]): Record<string, readonly string[]> =>
  list.length > 0 ? { [key]: list } : {}

/** Folders whose content must outlive a container. */
const keptOf = ({ plan: { topology } }: ExportSource, host: string): string[] => [
  ...(runs(topology, host, 'patroni') ? [homeOfPostgres] : []),
  ...(runs(topology, host, 'etcd') ? ['/var/lib/etcd'] : []),
  ...(isRepository(topology, host) ? ['/var/lib/pgbackrest'] : []),
  ...(baseBackupHosts(topology).includes(host) ? ['/var/backups/postgresql'] : []),
  ...(runs(topology, host, 'prometheus') ? ['/var/lib/prometheus'] : []),
]

/** The whole path is in the name: the last parts of two may be the same. */
const volumeOf = (host: string, path: string): string => `${host}${path.replaceAll('/', '-')}`

const firstBackup = ({ plan: { topology } }: ExportSource, host: string): Record<string, string> =>
  isRepository(topology, host) ? { FIRST_BACKUP: 'wanted' } : {}
