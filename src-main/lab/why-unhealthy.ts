import { DojoError } from '../contract/errors.js'
import type { BootPhase, LabInfo } from '../contract/lab.js'
import { hostStateOf, type EngineClient } from '../docker/hosts.js'
import { lastLines } from '../docker/host-logs.js'
import type { Progress } from './boot-progress.js'
import { firstLeaderOf } from './plan.js'
import { ownerOf, type Home } from './store.js'

type Suspect = { host: string; service: string }

/** Who to ask first when a phase does not end. Hosts whose service never came up go before. */
function suspectOf(phase: BootPhase, { spec, hosts }: LabInfo, progress: Progress): Suspect {
  const views = progress.snapshot().hosts
  const notUp = (service: string): string | undefined =>
    views.find((view) => view.services.some((s) => s.service === service && s.state !== 'up'))?.name
  const first = firstLeaderOf(spec)
  if (phase === 'etcd') return { host: notUp('etcd') ?? hosts[0]!.name, service: 'etcd' }
  if (phase === 'proxy') return { host: spec.client.readWrite.host, service: 'haproxy' }
  if (phase === 'standby')
    return { host: hosts.find((h) => h.endpoints.patroni && h.name !== first)?.name ?? first, service: 'patroni' }
  return { host: first, service: 'patroni' }
}

/** Says which phase did not end, on which host, and shows the last lines of the log that tells most. */
export async function explainUnhealthy(
  docker: EngineClient,
  home: Home,
  info: LabInfo,
  progress: Progress,
  withinMs: number,
): Promise<DojoError> {
  const phase = progress.current() ?? 'write'
  progress.end(phase, 'failed')
  const owner = ownerOf(home, info.lab)
  const states = await Promise.all(
    info.hosts.map(async ({ name }) => ({ name, state: await hostStateOf(docker, owner, name) })),
  )
  const down = states.find(({ state }) => state.container !== 'running')
  const suspect: Suspect = down ? { host: down.name, service: 'host' } : suspectOf(phase, info, progress)
  const lines = await lastLines(docker, owner, suspect.host, down ? {} : { service: suspect.service })
  const view = progress.snapshot().phases.find((p) => p.phase === phase)
  const where = down ? `host ${down.name} is ${down.state.container}` : `${suspect.service} on ${suspect.host}`
  return new DojoError('lab-unhealthy', {
    what: `Lab "${info.lab}" is not healthy after ${withinMs / 1000} s: phase "${view?.title ?? phase}" did not end`,
    why: `${where}${view?.detail ? ` (${view.detail})` : ''}; its log ends with\n${lines.map(({ line }) => `  ${line}`).join('\n')}`,
    next: `Look at it with \`dojo shell ${info.lab} ${suspect.host}\`, then remove it with \`dojo down ${info.lab}\``,
  })
}
