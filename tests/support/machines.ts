import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { labelsOf, networkName, type Owner } from '../../src-main/docker/labels.js'

const run = promisify(execFile)
const base = 'debian:trixie-slim'
const quiet = { env: { ...process.env }, maxBuffer: 2 ** 26, timeout: 900_000 }

const docker = async (...args: string[]): Promise<string> => (await run('docker', args, quiet)).stdout.trim()
const install = (...packages: string[]): string =>
  `apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends ${packages.join(' ')}`

/** Fresh Debian machines that can be reached by SSH, and one beside them that Ansible is on. */
export interface Machines {
  /** A shell command as root; the machine named controller has Ansible. */
  on(machine: string, command: string): Promise<string>
  /** Puts a folder of this machine onto one of them. */
  put(folder: string, machine: string, path: string): Promise<void>
  /** Removes the image that they were made from; they themselves carry labels, and go with their home. */
  forgetImage(): Promise<void>
}

/** `addresses`: by name, in the block PREFIX.0/24. Packages come from Debian's mirror, so the network has a way out. */
export async function startMachines(
  owner: Owner,
  prefix: string,
  addresses: Record<string, string>,
): Promise<Machines> {
  const image = `dojo-${owner.homeId}:machine`
  const network = networkName(owner)
  const named = (machine: string): string => `dojo-${owner.homeId}-${machine}`
  const labels = (role: 'host' | 'network', machine?: string): string[] =>
    Object.entries(labelsOf(owner, role, machine)).flatMap(([key, value]) => ['--label', `${key}=${value}`])
  const start = (machine: string, from: string, ...more: string[]) =>
    docker(
      'run',
      '--detach',
      '--init',
      '--name',
      named(machine),
      '--hostname',
      machine,
      '--network',
      network,
      ...labels('host', machine),
      ...more,
      from,
      'sh',
      '-c',
      'mkdir -p /run/sshd; [ -x /usr/sbin/sshd ] && exec /usr/sbin/sshd -D; exec sleep infinity',
    )
  const on = (machine: string, command: string) => docker('exec', named(machine), 'bash', '-c', command)

  await docker('network', 'create', '--subnet', `${prefix}.0/24`, ...labels('network'), network)
  await Promise.all([start('controller', base, '--ip', `${prefix}.250`), start('mould', base, '--ip', `${prefix}.251`)])
  await on('controller', install('ansible-core', 'openssh-client', 'openssl'))
  await on('mould', install('openssh-server'))
  const key = await on('controller', 'ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/id_ed25519 && cat ~/.ssh/id_ed25519.pub')
  await on('mould', `mkdir -m 700 -p /root/.ssh && echo '${key}' > /root/.ssh/authorized_keys`)
  await docker('commit', named('mould'), image)
  await docker('rm', '--force', named('mould'))
  await Promise.all(Object.entries(addresses).map(([name, address]) => start(name, image, '--ip', address)))
  return {
    on,
    put: async (folder, machine, path) => void (await docker('cp', folder, `${named(machine)}:${path}`)),
    forgetImage: async () => void (await docker('rmi', '--force', image)),
  }
}
