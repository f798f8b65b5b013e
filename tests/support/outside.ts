import { connectDocker } from '../../src-main/docker/engine.js'
import { labelsOf } from '../../src-main/docker/labels.js'
import { runToEnd } from '../../src-main/docker/run-to-end.js'
import type { TestLab } from './lab.js'

/**
 * What a shell on this machine answers to a person's command, with the ports of 127.0.0.1 as they are: in a container of
 * the host image, which has curl, jq and psql wherever the tests run. Standard output; rejects with what failed.
 */
export async function outside(
  { home, info }: TestLab,
  script: string,
  env: Record<string, string> = {},
): Promise<string> {
  const docker = await connectDocker()
  const container = await docker.createContainer({
    Image: info.image,
    Entrypoint: ['/usr/bin/timeout', '20', '/bin/bash', '-uo', 'pipefail', '-c', script],
    Cmd: [],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf({ homeId: home.id, lab: info.lab }, 'helper'),
    HostConfig: { NetworkMode: 'host' },
  })
  try {
    const { code, stdout, stderr } = await runToEnd(container)
    if (code !== 0) throw new Error(`${script}: exit ${code}: ${stderr || stdout}`)
    return stdout.trim()
  } finally {
    await container.remove({ force: true }).catch(() => undefined) // its home takes what is left
  }
}
