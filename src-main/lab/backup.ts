import { setTimeout as pause } from 'node:timers/promises'
import type { LabInfo } from '../contract/lab.js'
import { runDetached, runIn } from '../docker/exec.js'
import { hostContainer, type EngineClient } from '../docker/hosts.js'
import { logFor } from '../util/log.js'
import type { Progress } from './boot-progress.js'
import { repositoryOf, stanza } from './plan.js'
import { ownerOf, type Home } from './store.js'

const log = logFor('lab')
const lookEveryMs = 1_000
const withinMs = 180_000

/** Starts the first backup inside the repository host, where it goes on whatever becomes of this app. */
export async function startFirstBackup(
  docker: EngineClient,
  home: Home,
  info: LabInfo,
  progress: Progress,
): Promise<void> {
  const host = repositoryOf(info.spec)
  if (!host) return
  progress.begin('backup')
  progress.service(host, 'pgbackrest', 'up')
  try {
    const container = hostContainer(docker, ownerOf(home, info.lab), host)
    await runDetached(container, ['/usr/local/lib/dojo/first-backup', stanza])
  } catch (err) {
    log.error({ lab: info.lab, host, err }, 'start first backup: failed')
    progress.end('backup', 'failed') // the lab is healthy all the same, and says that it has no backup
  }
}

interface Info {
  backup?: { type: string; label: string }[]
  status?: { message?: string }
}

/** Watches the first backup until it is there. Never rejects: a lab without a backup is still a lab. */
export async function watchFirstBackup(
  docker: EngineClient,
  home: Home,
  info: LabInfo,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const host = repositoryOf(info.spec)
  if (!host) return
  const deadline = performance.now() + withinMs
  const container = hostContainer(docker, ownerOf(home, info.lab), host)
  while (!signal.aborted && performance.now() < deadline) {
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined)
    try {
      const { stdout } = await runIn(container, host, ['pgbackrest', 'info', '--output=json'], {
        signal,
        timeoutMs: 10_000,
      })
      const [answer] = JSON.parse(stdout || '[]') as Info[]
      const full = answer?.backup?.find(({ type }) => type === 'full')
      progress.detail('backup', full ? `full backup ${full.label}` : (answer?.status?.message ?? 'making the stanza'))
      if (full) return progress.end('backup')
    } catch {
      if (signal.aborted) return
      progress.detail('backup', 'the repository host does not answer')
    }
  }
  if (!signal.aborted) progress.end('backup', 'failed')
}
