import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import type { Endpoint } from '../../src-main/contract/lab.js'
import type { Topology } from '../../src-main/contract/topology.js'
import { archiveOf, type HostFile } from '../../src-main/docker/archive.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { labelsOf, type Owner } from '../../src-main/docker/labels.js'
import { clientRoute } from '../../src-main/lab/health.js'
import { makeCredentials } from '../../src-main/lab/credentials.js'
import { addressesOf, addressOf, hostsWith, type LabPlan } from '../../src-main/lab/plan.js'
import { makePki } from '../../src-main/lab/pki.js'
import { choosePorts } from '../../src-main/lab/ports.js'
import { renderEnvironment, renderHost } from '../../src-main/lab/render/index.js'
import { settingsSpec } from '../../src-main/contract/topology.js'
import { waitFor } from '../../src-main/util/wait-for.js'

const run = promisify(execFile)
const withinMs = 180_000

/** Whether there is a docker-compose here to stand beside. */
export const hasCompose = (): Promise<boolean> =>
  run('docker-compose', ['version']).then(
    () => true,
    () => false,
  )

/** What Patroni does when nobody sets anything. */
const patroniDefaults = { ttl: 30, loop_wait: 10, retry_timeout: 10 }

/** Debian's way to start a service: no waiting for others, no loading beforehand. */
const plain = {
  patroni: `#!/bin/sh
exec 2>&1
cd /var/lib/postgresql
export HOME=/var/lib/postgresql
exec setpriv --reuid postgres --regid postgres --init-groups /usr/bin/patroni /etc/patroni/patroni.yml
`,
  etcd: `#!/bin/sh
exec 2>&1
export HOME=/var/lib/etcd
exec setpriv --reuid etcd --regid etcd --init-groups /usr/bin/etcd --config-file /etc/etcd/etcd.yml
`,
}

/**
 * Seconds that the same image and topology take under docker-compose, from "up" until a write commits by the client's
 * route with the standbys that the topology expects: Patroni's default settings, plain start scripts, and the order
 * that a compose file can express. `prefix` is a free 10.77.N. What it makes carries the owner's labels, to be swept by.
 */
export async function composeSeconds(owner: Owner, topology: Topology, image: string, prefix: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'dojo-bench-'))
  const compose = (...args: string[]) => run('docker-compose', ['--file', join(folder, 'docker-compose.yml'), ...args])
  const plan = await planOf(topology, prefix)
  const ports = await choosePorts(topology, 'random')
  await writeFile(join(folder, 'docker-compose.yml'), stringify(composeFile(owner, plan, image, ports)))
  try {
    let startedAt = performance.now()
    await compose('up', '--no-start')
    let spentMs = performance.now() - startedAt
    await copyFiles(plan, compose) // a person would have them in volumes: this takes no part
    startedAt = performance.now()
    await compose('up', '--detach')
    const { host, port } = topology.client.readWrite
    const route = ports.find((offer) => offer.host === host && offer.inside === port)!
    await untilHealthy(plan, { host: '127.0.0.1', port: route.port })
    spentMs += performance.now() - startedAt
    return spentMs / 1000
  } finally {
    await compose('down', '--timeout', '0', '--volumes')
    await rm(folder, { recursive: true, force: true })
  }
}

async function planOf(topology: Topology, prefix: string): Promise<LabPlan> {
  const settings = settingsSpec.parse({
    patroni: { ...patroniDefaults, synchronous_mode: topology.settings.patroni.synchronous_mode },
    postgresql: { shared_buffers: topology.settings.postgresql['shared_buffers'] ?? '64MB' },
  })
  const pki = makePki(Object.keys(topology.hosts))
  return { lab: 'bench', scope: topology.topology, topology, settings, prefix, credentials: makeCredentials(), pki }
}

function composeFile(owner: Owner, plan: LabPlan, image: string, ports: Awaited<ReturnType<typeof choosePorts>>) {
  const { topology, prefix } = plan
  const addresses = Object.entries(addressesOf(plan))
  const services = Object.entries(topology.hosts).map(([name, { services: own, memory }]) => [
    name,
    {
      image,
      hostname: name,
      labels: labelsOf(owner, 'host', name),
      environment: renderEnvironment(plan, name),
      extra_hosts: addresses.map(([host, address]) => `${host}:${address}`),
      networks: { lab: { ipv4_address: addressOf(plan, name) } },
      ports: ports.filter(({ host }) => host === name).map(({ port, inside }) => `127.0.0.1:${port}:${inside}`),
      mem_limit: memory.replace('i', '').toLowerCase(),
      stop_grace_period: '60s',
      depends_on: dependsOn(topology, name, own),
    },
  ])
  const ipam = { driver: 'default', config: [{ subnet: `${prefix}.0/24` }] }
  return {
    version: '2.4',
    services: Object.fromEntries(services),
    networks: { lab: { driver: 'bridge', ipam, labels: labelsOf(owner, 'network') } },
  }
}

/** Members of etcd that hold no data first, then databases, then who looks at those. */
function dependsOn(topology: Topology, name: string, own: readonly string[]): string[] {
  const databases = hostsWith(topology, 'patroni')
  if (own.includes('patroni'))
    return hostsWith(topology, 'etcd').filter((host) => !databases.includes(host) && host !== name)
  return own.includes('haproxy') || own.includes('pgbackrest') ? databases : []
}

async function copyFiles(plan: LabPlan, compose: (...args: string[]) => Promise<{ stdout: string }>): Promise<void> {
  const docker = await connectDocker()
  for (const name of Object.keys(plan.topology.hosts)) {
    const { stdout } = await compose('ps', '--quiet', '--all', name)
    const files: HostFile[] = [...renderHost(plan, name)]
    for (const [service, content] of Object.entries(plain)) {
      files.push({ path: `/etc/sv/${service}/run`, content, owner: 'root', mode: 0o755 })
    }
    await docker.getContainer(stdout.trim()).putArchive(await archiveOf(files, new Date()), { path: '/' })
  }
}

async function untilHealthy({ topology, credentials, settings }: LabPlan, endpoint: Endpoint): Promise<void> {
  const expected = topology.healthy.standbys
  const synchronous = settings.patroni.synchronous_mode ? expected.synchronous : 0
  const route = clientRoute(endpoint, credentials, hostsWith(topology, 'patroni'))
  try {
    await waitFor(
      async () => {
        const seen = await route.read()
        if (!seen.inRecovery && seen.streaming >= expected.streaming && seen.synchronous >= synchronous) {
          await route.write()
          return true
        }
        return false
      },
      (healthy) => healthy,
      {
        what: 'docker-compose to be healthy',
        withinMs,
        everyMs: 25,
        signal: new AbortController().signal,
        describe: String,
      },
    )
  } finally {
    route.close()
  }
}
