import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabInfo, UpOptions } from '../../src-main/contract/lab.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { removeDisks } from '../../src-main/docker/disks.js'
import { removeContainers, labsHeld } from '../../src-main/docker/hosts.js'
import { removeLabNetwork } from '../../src-main/docker/networks.js'
import type { LabHandle } from '../../src-main/lab/handle.js'
import { beginLab, downLab, openLab } from '../../src-main/lab/labs.js'
import { openHome, ownerOf, type Home } from '../../src-main/lab/store.js'

/** A home of its own for a test, removed with everything that the engine holds of it, whatever happens. */
export interface TestHome extends AsyncDisposable {
  home: Home
}

export async function testHome(): Promise<TestHome> {
  const home = await openHome(await mkdtemp(join(tmpdir(), 'dojo-test-')))
  return {
    home,
    async [Symbol.asyncDispose]() {
      const docker = await connectDocker()
      const labs = await labsHeld(docker, home.id)
      await removeContainers(docker, home.id)
      for (const lab of labs) {
        await removeDisks(docker, ownerOf(home, lab))
        await removeLabNetwork(docker, ownerOf(home, lab))
      }
      await rm(home.dir, { recursive: true, force: true })
    },
  }
}

export const labNameFor = (stem: string): string => `${stem}-${randomBytes(3).toString('hex')}`

export interface TestLab extends AsyncDisposable {
  home: Home
  info: LabInfo
  handle: LabHandle
  /** Resolves once the first backup is there, or was given up. */
  backedUp: Promise<void>
}

/** What every lab of a run is set to besides: `DOJO_TEST_SET=security=tls` shows what holds with TLS as well. */
const setForAll = (process.env['DOJO_TEST_SET'] ?? '').split(' ').filter(Boolean)

/** A healthy lab in a home of its own; removed with it, whatever happens. */
export async function startLab(topology: string, options: Partial<UpOptions> = {}): Promise<TestLab> {
  await ensureHostImage()
  const owner = await testHome()
  const { home } = owner
  try {
    const set = [...setForAll, ...(options.set ?? [])]
    const boot = await beginLab({ topology, name: labNameFor('test'), ...options, set }, home)
    const info = await boot.done
    const handle = await openLab(info.lab, home)
    return {
      home,
      info,
      handle,
      backedUp: boot.settled,
      async [Symbol.asyncDispose]() {
        await downLab(info.lab, home).catch(() => undefined) // its home takes what is left
        await owner[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await owner[Symbol.asyncDispose]()
    throw error
  }
}
