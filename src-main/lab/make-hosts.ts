import { setMaxListeners } from 'node:events'
import { createDisks } from '../docker/disks.js'
import { createHost, hostPower, type EngineClient } from '../docker/hosts.js'
import { followLines, type ServiceLine } from '../docker/host-logs.js'
import type { Owner } from '../docker/labels.js'
import { createLabNetwork } from '../docker/networks.js'
import type { LabHost } from '../contract/lab.js'
import type { Progress } from './boot-progress.js'
import { makeLabPki } from './certificates.js'
import { addressesOf, addressOf, bootOrder, bytesOf, disksOf, type LabPlan } from './plan.js'
import { loadedSql } from './load-sql.js'
import { hostsOf, type Prepared } from './prepare.js'
import { renderEnvironment, renderHost } from './render/index.js'
import { changeState, labDir, ownerOf, type Home } from './store.js'

/** Hosts that are made and started at the same time: more would only make the first ones wait. */
const atOnce = 3

/** Makes and starts a lab's network and hosts, the first ones of the boot order first. Returns where they are. */
export async function makeHosts(
  docker: EngineClient,
  home: Home,
  { info, credentials, ports, authority }: Prepared,
  progress: Progress,
  signal: AbortSignal,
): Promise<LabHost[]> {
  const { lab, spec, settings, scope, image, patroni } = info
  const owner = ownerOf(home, lab)
  setMaxListeners(0, signal) // every host listens to it
  progress.begin('containers')
  const network = createLabNetwork(docker, owner)
  const disks = createDisks(
    docker,
    owner,
    image,
    Object.keys(spec.hosts).flatMap((host) => disksOf(spec, host)),
  )
  const [prefix] = await Promise.all([network, disks])
  signal.throwIfAborted()
  const hosts = hostsOf(spec, ports, prefix, labDir(home, lab))
  const noted = changeState(home, lab, { hosts })
  const load = await loadedSql(spec)
  const dynamic = patroni ? { dynamic: patroni.config } : {}
  const given = { lab, scope, topology: spec, settings, ...dynamic, prefix, credentials, ...load }
  const plan: LabPlan = { ...given, pki: makeLabPki(given, authority) }
  const power = hostPower(docker, owner)
  const waiting = bootOrder(spec).values()
  let running = 0
  const makeNext = async (): Promise<void> => {
    for (const host of waiting) {
      signal.throwIfAborted()
      await createHost(docker, {
        owner,
        host,
        image,
        address: addressOf(plan, host),
        peers: addressesOf(plan),
        memoryBytes: bytesOf(spec.hosts[host]!.memory),
        env: renderEnvironment(plan, host),
        files: renderHost(plan, host),
        disks: disksOf(spec, host),
        ports: Object.fromEntries(ports.filter((p) => p.host === host).map(({ inside, port }) => [inside, port])),
      })
      progress.container(host, 'created')
      await power.start(host)
      progress.container(host, 'running')
      progress.detail('containers', `${++running} of ${hosts.length} run`)
      showLog(docker, owner, { name: host, site: spec.hosts[host]!.site }, progress, signal)
    }
  }
  await everyOne([...Array.from({ length: atOnce }, makeNext), noted.then(() => undefined)])
  progress.end('containers')
  return hosts
}

/** Starts the hosts that a boot which was cut off had made. */
export async function startHosts(
  docker: EngineClient,
  home: Home,
  { info }: Pick<Prepared, 'info'>,
  progress: Progress,
  signal: AbortSignal,
): Promise<LabHost[]> {
  const owner = ownerOf(home, info.lab)
  const power = hostPower(docker, owner)
  setMaxListeners(0, signal)
  progress.begin('containers')
  await everyOne(
    info.hosts.map(async ({ name, site }) => {
      await power.start(name)
      progress.container(name, 'running')
      showLog(docker, owner, { name, site }, progress, signal)
    }),
  )
  progress.end('containers')
  return info.hosts
}

/** What services that a boot asks nothing over the network say of themselves once they work. */
const saysUp: Record<string, RegExp> = {
  pgbackrest: /server command begin/,
  pgbouncer: /process up/,
  cron: /cron begins/,
  'postgres-exporter': /Listening on/,
  prometheus: /Server is ready/,
}

/** The log on the boot screen is not worth failing a boot. */
function showLog(
  docker: EngineClient,
  owner: Owner,
  { name: host, site }: { name: string; site: string | undefined },
  progress: Progress,
  signal: AbortSignal,
): void {
  const onLine = ({ service, line }: ServiceLine): void => {
    progress.line(host, service, line)
    if (saysUp[service]?.test(line)) progress.service(host, service, 'up')
    if (site !== undefined && service === 'etcd' && line.includes('ready to serve client requests'))
      progress.service(host, service, 'up', 'serves its site')
  }
  followLines(docker, owner, host, signal, onLine).catch(() => undefined)
}

/** Like Promise.all, but waits for all before it rejects: what is still being made can't be removed. */
async function everyOne(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected')
  if (failed) throw (failed as PromiseRejectedResult).reason
}
