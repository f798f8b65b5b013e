import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { labelsOf, networkName, type Owner } from '../../src-main/docker/labels.js'

const run = promisify(execFile)
const base = 'debian:trixie-slim'
const quiet = { env: { ...process.env }, maxBuffer: 2 ** 26, timeout: 900_000 }

const docker = async (...args: string[]): Promise<string> => (await run('docker', args, quiet)).stdout.trim()
const install = (...packages: string[]): string =>
  `apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends ${packages.join(' ')}`

/** What machines are made from: Debian that can be reached by SSH, and Debian that Ansible is on, with the key. */
export interface Moulds {
  machine: string
  controller: string
  /** Removes both images. Machines carry labels, and go with their home. */
  forget(): Promise<void>
}

/** Fresh Debian machines that can be reached by SSH, and one beside them that Ansible is on. */
export interface Machines {
  /** A shell command as root; the machine named controller has Ansible. */
  on(machine: string, command: string): Promise<string>
  /** Puts a folder of this machine onto one of them. */
  put(folder: string, machine: string, path: string): Promise<void>
}

const containerOf = ({ homeId, lab }: Owner, machine: string): string => `dojo-${homeId}-${lab}-${machine}`
const labelling = (owner: Owner, role: 'host' | 'network', machine?: string): string[] =>
  Object.entries(labelsOf(owner, role, machine)).flatMap(([key, value]) => ['--label', `${key}=${value}`])
const start = (owner: Owner, machine: string, from: string, ...more: string[]): Promise<string> =>
  docker(
    'run',
    '--detach',
    '--init',
    '--name',
    containerOf(owner, machine),
    '--hostname',
    `vm-${machine}`, // as people's machines are: the cluster's name for one is in the inventory only
    ...labelling(owner, 'host', machine),
    ...more,
    from,
    'sh',
    '-c',
    'mkdir -p /run/sshd; [ -x /usr/sbin/sshd ] && exec /usr/sbin/sshd -D; exec sleep infinity',
  )
const runOn = (owner: Owner, machine: string, command: string): Promise<string> =>
  docker('exec', containerOf(owner, machine), 'bash', '-c', command)

/** Made once, for all topologies. Packages come from Debian's mirror, so the network has a way out. */
export async function machineMoulds(owner: Owner): Promise<Moulds> {
  const moulds = { machine: `dojo-${owner.homeId}:machine`, controller: `dojo-${owner.homeId}:controller` }
  const both = Object.keys(moulds) as (keyof typeof moulds)[]
  await Promise.all(both.map((name) => start(owner, name, base)))
  await runOn(owner, 'controller', install('ansible-core', 'openssh-client', 'openssl'))
  await runOn(owner, 'machine', install('openssh-server'))
  const makeKey = 'ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/id_ed25519 && cat ~/.ssh/id_ed25519.pub'
  const key = await runOn(owner, 'controller', makeKey)
  await runOn(owner, 'machine', `mkdir -m 700 -p /root/.ssh && echo '${key}' > /root/.ssh/authorized_keys`)
  for (const name of both) {
    await docker('commit', containerOf(owner, name), moulds[name])
    await docker('rm', '--force', containerOf(owner, name))
  }
  return { ...moulds, forget: async () => void (await docker('rmi', '--force', moulds.machine, moulds.controller)) }
}

/** `addresses`: by name, in the block PREFIX.0/24. */
export async function startMachines(
  moulds: Moulds,
  owner: Owner,
  prefix: string,
  addresses: Record<string, string>,
): Promise<Machines> {
  const network = networkName(owner)
  await docker('network', 'create', '--subnet', `${prefix}.0/24`, ...labelling(owner, 'network'), network)
  const at = (address: string): string[] => ['--network', network, '--ip', address]
  await Promise.all([
    start(owner, 'controller', moulds.controller, ...at(`${prefix}.250`)),
    ...Object.entries(addresses).map(([name, address]) => start(owner, name, moulds.machine, ...at(address))),
  ])
  return {
    on: (machine, command) => runOn(owner, machine, command),
    put: async (folder, machine, path) => void (await docker('cp', folder, `${containerOf(owner, machine)}:${path}`)),
  }
}
