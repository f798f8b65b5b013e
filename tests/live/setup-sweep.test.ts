import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectDocker } from '../../src-main/docker/engine.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { filterOf, labelsOf } from '../../src-main/docker/labels.js'
import { sweepHomesBelow } from '../../src-main/docker/sweep.js'

test("a test run's homes are swept from the engine, and nobody else's", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dojo-sweep-'))
  const [ours, theirs] = [randomBytes(3).toString('hex'), randomBytes(3).toString('hex')]
  const docker = await connectDocker()
  const { tag } = await ensureHostImage()
  const make = async (homeId: string) => {
    const owner = { homeId, lab: 'swept' }
    await docker.createNetwork({ Name: `dojo-sweep-${homeId}`, Labels: labelsOf(owner, 'network') })
    await docker.createContainer({ Image: tag, Labels: labelsOf(owner, 'host', 'pg1') })
    await docker.createVolume({ Name: `dojo-sweep-${homeId}`, Labels: labelsOf(owner, 'host', 'pg1') })
  }
  const held = async (homeId: string) => {
    const filters = filterOf(homeId)
    const { Volumes } = await docker.listVolumes({ filters })
    const containers = await docker.listContainers({ all: true, filters })
    return containers.length + (await docker.listNetworks({ filters })).length + (Volumes ?? []).length
  }
  try {
    mkdirSync(join(folder, 'some/home'), { recursive: true })
    writeFileSync(join(folder, 'some/home/home-id'), ours)
    await Promise.all([make(ours), make(theirs)])
    expect(await sweepHomesBelow(folder)).toBe(3)
    expect(await held(ours)).toBe(0)
    expect(await held(theirs)).toBe(3)
    expect(await sweepHomesBelow(folder)).toBe(0)
  } finally {
    writeFileSync(join(folder, 'home-id'), theirs)
    await sweepHomesBelow(folder)
    rmSync(folder, { recursive: true, force: true })
  }
})
