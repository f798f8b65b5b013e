import { randomBytes } from 'node:crypto'
import type Docker from 'dockerode'
import { statusOf, translated } from './errors.js'
import { hostDown, type ExecOutcome } from './exec.js'
import { hostContainer } from './hosts.js'
import { containerName, labelsOf, type Owner } from './labels.js'
import { runToEnd } from './run-to-end.js'

export interface BesideOptions {
  /** Default: NET_ADMIN. */
  capabilities?: readonly ('NET_ADMIN' | 'SYS_PTRACE' | 'KILL')[]
  /** Sees the host's processes as well, not only its network. */
  processes?: boolean
  timeoutMs?: number
}

const memoryBytes = 64 * 1024 ** 2

/**
 * Runs a shell script in a container of its own that shares the host's network namespace, and removes it. What it makes
 * there (filter rules, queues) stays, and is gone with the namespace: a restarted host gets a new one.
 * @throws DojoError host-down when the host has no namespace now, because it does not run
 */
export async function runBeside(
  docker: Docker,
  owner: Owner,
  host: string,
  script: string,
  { capabilities = ['NET_ADMIN'], processes = false, timeoutMs = 15_000 }: BesideOptions = {},
): Promise<ExecOutcome> {
  const target = containerName(owner, host)
  try {
    const { Image } = await hostContainer(docker, owner, host).inspect()
    const container = await docker.createContainer({
      name: `${target}-beside-${randomBytes(4).toString('hex')}`,
      Image,
      Entrypoint: ['/usr/bin/timeout', '--kill-after=2', String(timeoutMs / 1000), '/bin/sh', '-euc', script],
      Cmd: [],
      Env: [],
      User: 'root',
      Labels: labelsOf(owner, 'helper', host),
      HostConfig: {
        NetworkMode: `container:${target}`,
        ...(processes && { PidMode: `container:${target}` }),
        CapDrop: ['ALL'],
        CapAdd: [...capabilities],
        Memory: memoryBytes,
        PidsLimit: 64,
        RestartPolicy: { Name: '' },
      },
    })
    try {
      return await runToEnd(container)
    } finally {
      await container.remove({ force: true, v: true }).catch(() => undefined) // swept with the lab at the latest
    }
  } catch (error) {
    if (statusOf(error) === 409 || statusOf(error) === 404) throw hostDown(host, 'it has no network while it is down')
    throw translated(error, `working beside host ${host}`)
  }
}
