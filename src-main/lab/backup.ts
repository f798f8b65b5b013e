import { setTimeout as pause } from 'node:timers/promises'
import type { LabInfo } from '../contract/lab.js'
import { runDetached, runIn } from '../docker/exec.js'
import { hostContainer, type EngineClient } from '../docker/hosts.js'
import { logFor } from '../util/log.js'
import type { Progress } from './boot-progress.js'
import { repositoriesOf, stanza } from './plan.js'
import { ownerOf, type Home } from './store.js'

const log = logFor('lab')
const lookEveryMs = 1_000
const withinMs = 180_000

/** Starts the first backup inside each repository host, where it goes on whatever becomes of this app. */
export async function startFirstBackup(
  docker: EngineClient,
  home: Home,
  info: LabInfo,
  progress: Progress,
): Promise<void> {
  const hosts = repositoriesOf(info.spec)
  if (hosts.length === 0) return
  progress.begin('backup')
  const start = async (host: string): Promise<void> => {
    progress.service(host, 'pgbackrest', 'up')
    try {
      const container = hostContainer(docker, ownerOf(home, info.lab), host)
      await runDetached(container, ['/usr/local/lib/dojo/first-backup', stanza])
    } catch (err) {
      log.error({ lab: info.lab, host, err }, 'start first backup: failed')
      progress.end('backup', 'failed') // the lab is healthy all the same, and says that it has no backup
    }
  }
  await Promise.all(hosts.map(start))
}

interface Info {
  backup?: { type: string; label: string }[]
  status?: { message?: string }
}

/** Watches until every repository has its first backup. Never rejects: a lab without a backup is still a lab. */
export async function watchFirstBackup(
  docker: EngineClient,
  home: Home,
  info: LabInfo,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const hosts = repositoriesOf(info.spec)
  if (hosts.length === 0) return
  const watch = (host: string): Promise<boolean> =>
    watchOne(hostContainer(docker, ownerOf(home, info.lab), host), host, hosts.length > 1, progress, signal)
  const made = await Promise.all(hosts.map(watch))
  if (!signal.aborted) progress.end('backup', made.every(Boolean) ? 'done' : 'failed')
}

/** Whether the repository of a host got its first full backup in time. */
async function watchOne(
  container: ReturnType<typeof hostContainer>,
  host: string,
  named: boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + withinMs
  const tell = (text: string): void => progress.detail('backup', named ? `${host}: ${text}` : text)
  while (!signal.aborted && performance.now() < deadline) {
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined)
    try {
      const { stdout } = await runIn(container, host, ['pgbackrest', 'info', '--output=json'], {
        signal,
        timeoutMs: 10_000,
      })
      const [answer] = JSON.parse(stdout || '[]') as Info[]
      const full = answer?.backup?.find(({ type }) => type === 'full')
      tell(full ? `full backup ${full.label}` : (answer?.status?.message ?? 'making the stanza'))
      if (full) return true
    } catch {
      if (signal.aborted) return false
      tell('the repository host does not answer')
    }
  }
  return false
}
