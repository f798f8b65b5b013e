import { stringify } from 'yaml'
import { services, type ServiceName } from '../../contract/topology.js'
import type { HostFile } from '../../docker/archive.js'
import { hostsWith, repositoriesOf, type LabPlan } from '../plan.js'
import { renderEnvironment } from '../render/index.js'
import { foldersOf, isFor, packagesOf, scriptsOf } from './debian.js'
import { below, executable, filesOf, fixedFiles, initFiles, readable, scriptOfImage } from './files.js'
import type { ExportSource } from './index.js'
import { ansibleReadme } from './readme.js'
import { secretsOf, withoutSecrets, type ExportedFile, type Tokens } from './tokens.js'

const variable = (name: string): string => `{{ ${name} }}`

/** What Ansible's templates fill in by themselves. */
const tokens: Tokens = {
  secret: (name) => variable(`${name}_password`),
  prefix: variable('prefix'),
  pem: (file) => `${variable(`lookup('file', playbook_dir ~ '/secrets/' ~ inventory_hostname ~ '/${file}')`)}\n`,
}
/** The lab's network as its plan spells it, and as people may change it, with a mask of their own. */
const inNetwork = (content: string): string => content.replaceAll(`${tokens.prefix}.0/24`, variable('network'))

/** Jinja begins something with two characters. Those that are not ours, in SQL and in people's settings, mean themselves. */
const forJinja = (content: string): string =>
  content.replaceAll(/\{\{ (?:network|\w+_password|lookup\(.*?\)) \}\}|\{[{%#]/g, (found) =>
    found.length > 2 ? found : variable(`'${found}'`),
  )

/** An inventory and a playbook for Debian hosts: what the host image and the app do, as tasks that can be repeated. */
export function asAnsible(source: ExportSource): ExportedFile[] {
  const { topology } = source.plan
  const bare = withoutSecrets(source.plan, tokens)
  const hosts = Object.keys(topology.hosts).flatMap((host) => {
    const files = filesOf(bare, host, 'ansible').filter((file) => isFor(topology, host, file))
    return [
      ...below(
        `hosts/${host}`,
        files.map(({ path, content }) => ({
          path: path.slice(1),
          content: forJinja(inNetwork(content)),
          mode: readable,
        })),
      ),
      yaml(`host_vars/${host}.yml`, variablesOf(bare, host, files)),
    ]
  })
  const scripts = new Set(Object.keys(topology.hosts).flatMap((host) => scriptsOf(topology, host)))
  return [
    ...hosts,
    ...fixedFiles('ansible'),
    ...initFiles(source.plan),
    ...below('scripts', [...scripts].flatMap(scriptOfImage)).map((file) => ({ ...file, mode: executable })),
    yaml(
      'inventory.yml',
      inventory(source),
      'ansible_host: where Ansible reaches a host. address: where the others do.',
    ),
    yaml('group_vars/all.yml', groupVariables(source), 'network: where the hosts and the clients connect from.'),
    ansibleReadme(source),
  ]
}

const yaml = (path: string, value: unknown, comment?: string): ExportedFile => ({
  path,
  content: `${comment ? `# ${comment}\n` : ''}${stringify(value, { lineWidth: 0, version: '1.1' })}`,
  mode: readable,
})

function variablesOf(plan: LabPlan, host: string, files: readonly HostFile[]) {
  const { topology } = plan
  return {
    services: topology.hosts[host]!.services,
    packages: packagesOf(topology, host),
    folders: foldersOf(topology, host),
    scripts: scriptsOf(topology, host),
    environment_of_host: {
      ...renderEnvironment(plan, host),
      PATRONICTL_CONFIG_FILE: '/etc/patroni/patronictl.yml',
      PGPASSFILE: '/var/lib/postgresql/.pgpass',
      HOME: '/var/lib/postgresql',
    },
    files: files.map(({ path, owner, mode }) => ({
      path,
      owner,
      mode: `0${mode.toString(8)}`,
      service: serviceOf(path, topology.hosts[host]!.services),
    })),
  }
}

/** By the folder: /etc/patroni, /etc/cron.d. A host has patronictl's configuration also where no Patroni runs: of no service. */
function serviceOf(path: string, own: readonly ServiceName[]): ServiceName | 'none' {
  const folder = /^\/etc\/([a-z-]+)(?:\.d)?\//.exec(path)?.[1]
  return own.find((service) => service === folder) ?? 'none'
}

/**
 * No host has a name with an underscore: of a host and a group with the same name, a play for that name means the host
 * alone. And Ansible takes a hyphen in the name of a group for a mistake.
 */
const groupOf = (what: string): string => `${what.replaceAll('-', '_')}_hosts`

function inventory({ plan }: ExportSource) {
  const { topology, prefix } = plan
  const names = Object.keys(topology.hosts)
  const at = (name: string): string => `${prefix}.${topology.hosts[name]!.address}`
  const group = (members: readonly string[]) => ({ hosts: Object.fromEntries(members.map((name) => [name, {}])) })
  return {
    all: {
      vars: { ansible_become: true },
      hosts: Object.fromEntries(names.map((name) => [name, { ansible_host: at(name), address: at(name) }])),
      children: {
        ...Object.fromEntries(services.map((service) => [groupOf(service), group(hostsWith(topology, service))])),
        [groupOf('repository')]: group(repositoriesOf(topology)),
      },
    },
  }
}

const groupVariables = ({ plan }: ExportSource): Record<string, string> => ({
  network: `${plan.prefix}.0/24`,
  ...Object.fromEntries(
    Object.keys(secretsOf(plan.credentials)).map((name) => [
      `${name}_password`,
      variable(`lookup('file', playbook_dir ~ '/secrets/passwords/${name}')`),
    ]),
  ),
})
