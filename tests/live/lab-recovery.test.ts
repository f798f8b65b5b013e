import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDocker } from '../../src-main/docker/engine.js'
import { containersOf, createHost } from '../../src-main/docker/hosts.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { filterOf } from '../../src-main/docker/labels.js'
import { createLabNetwork } from '../../src-main/docker/networks.js'
import { beginLab, downLab, listLabs, openLab, recover } from '../../src-main/lab/labs.js'
import { ownerOf, type Home } from '../../src-main/lab/store.js'
import { scriptOf, type Script } from '../support/child.js'
import { labNameFor, startLab, testHome } from '../support/lab.js'
import { askAsClient } from '../support/lab-sql.js'

let script: Script
beforeAll(async () => {
  await ensureHostImage()
  script = await scriptOf(join(import.meta.dirname, '..', 'support', 'boot-child.ts'))
})
afterAll(() => script?.[Symbol.asyncDispose]())

const held = async (home: Home): Promise<number> => {
  const docker = await connectDocker()
  const filters = filterOf(home.id)
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ])
  return containers.length + networks.length
}

/** Boots in another process, and kills that process when it has written the line. */
async function killAt(home: Home, lab: string, line: string): Promise<void> {
  const child = script.start('up', home.dir, lab)
  await child.until(line)
  child.process.kill('SIGKILL')
  await child.ended
}

test.each(['began', 'created pg1', 'running pg1'])('a boot that was killed at "%s" leaves nothing', async (line) => {
  await using owner = await testHome()
  const { home } = owner
  const lab = labNameFor('killed')
  await killAt(home, lab, line)

  const outcomes = await recover(home)
  expect(outcomes).toMatchObject([{ lab, did: 'removed' }])
  expect(await held(home)).toBe(0)
  expect(await listLabs(home)).toEqual([])
  expect(await recover(home)).toEqual([]) // once more changes nothing
})

test('a boot that was killed once every host ran is finished', async () => {
  await using owner = await testHome()
  const { home } = owner
  const lab = labNameFor('resumed')
  await killAt(home, lab, 'done containers')

  const [outcome] = await recover(home)
  expect(outcome).toMatchObject({ lab, did: 'resumed' })
  const info = await outcome!.boot!.done
  expect(info.state).toBe('healthy')
  const handle = await openLab(lab, home)
  await askAsClient(handle, 'create table t (n int)')
  await outcome!.boot!.settled
  const { stdout } = await handle.exec('backup', ['pgbackrest', 'info', '--output=json'])
  expect(stdout).toContain('"type":"full"')
  await downLab(lab, home)
  expect(await held(home)).toBe(0)
})

test('an app that was killed while a lab ran finds it again, and a removal that was killed is finished', async () => {
  await using owner = await testHome()
  const { home } = owner
  const lab = labNameFor('found')
  await killAt(home, lab, 'healthy')

  expect(await recover(home)).toMatchObject([{ lab, did: 'nothing' }])
  const handle = await openLab(lab, home)
  await askAsClient(handle, 'create table t as select 1 as n')
  expect(await askAsClient(handle, 'select n from t')).toEqual([{ n: 1 }])

  const removal = script.start('down', home.dir, lab)
  await removal.until('began')
  removal.process.kill('SIGKILL')
  await removal.ended
  await recover(home)
  const left = await listLabs(home)
  if (left.length > 0) await downLab(lab, home) // it was killed before it had said that it removes
  expect(await held(home)).toBe(0)
  expect(await listLabs(home)).toEqual([])
})

test('a cancelled boot leaves nothing, and says that it was cancelled', async () => {
  await using owner = await testHome()
  const { home } = owner
  const boot = await beginLab({ topology: 'pair-witness', name: labNameFor('cancelled') }, home)
  const outcome = boot.done.catch((error: unknown) => error)
  await boot.cancel()
  expect(await outcome).toMatchObject({ code: 'cancelled' })
  expect(await held(home)).toBe(0)
  expect(await listLabs(home)).toEqual([])
})

test('a lab that went down as a whole, as with the engine, is started again', async () => {
  await using lab = await startLab('pair-witness')
  const { handle, home, info } = lab
  await Promise.all(info.hosts.map(({ name }) => handle.power.kill(name)))
  expect(await recover(home)).toMatchObject([{ lab: info.lab, did: 'started' }])
  const states = await containersOf(await connectDocker(), ownerOf(home, info.lab))
  expect(new Set(Object.values(states))).toEqual(new Set(['running']))
})

test('what the engine holds of a lab without a folder is removed, and what belongs to others is not', async () => {
  await using owner = await testHome()
  await using other = await testHome()
  const docker = await connectDocker()
  const { tag: image } = await ensureHostImage()
  for (const { home } of [owner, other]) {
    const orphan = ownerOf(home, 'orphan')
    const prefix = await createLabNetwork(docker, orphan)
    const plan = { owner: orphan, host: 'pg1', image, address: `${prefix}.11`, peers: {}, memoryBytes: 64 * 1024 ** 2 }
    await createHost(docker, { ...plan, env: {}, files: [], ports: {} })
  }
  expect(await recover(owner.home)).toEqual([{ lab: 'orphan', did: 'removed' }])
  expect(await held(owner.home)).toBe(0)
  expect(await held(other.home)).toBe(2)
})
