import { expect, test } from 'vitest'
import { connectDocker } from '../../src-main/docker/engine.js'
import { runIn } from '../../src-main/docker/exec.js'
import { createHost, hostContainer, hostPower, removeContainers } from '../../src-main/docker/hosts.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { createLabNetwork, removeLabNetwork } from '../../src-main/docker/networks.js'
import { ownerOf } from '../../src-main/lab/store.js'
import { testHome } from '../support/lab.js'

test('a host that is frozen while commands start in it can be thawed', { timeout: 60_000 }, async () => {
  const { tag: image } = await ensureHostImage()
  await using owned = await testHome()
  const docker = await connectDocker()
  const owner = ownerOf(owned.home, 'freeze')
  const prefix = await createLabNetwork(docker, owner)
  const { start, pause, unpause } = hostPower(docker, owner)
  const plan = { owner, host: 'h1', image, address: `${prefix}.11`, peers: {}, memoryBytes: 128 * 1024 ** 2 }
  await createHost(docker, { ...plan, env: { HOST_SERVICES: '', TZ: 'UTC' }, files: [], ports: {} })
  await start('h1')
  const container = hostContainer(docker, owner, 'h1')
  const command = (): Promise<number> =>
    runIn(container, 'h1', ['true'], { timeoutMs: 10_000 }).then(
      ({ code }) => code,
      () => -1, // it came while the host stood still, and was refused
    )
  let ran = 0
  for (let round = 0; round < 15; round++) {
    const commands = Array.from({ length: 3 }, command)
    await pause('h1')
    await unpause('h1')
    ran += (await Promise.all(commands)).filter((code) => code === 0).length
  }
  expect(ran).toBeGreaterThan(0)
  await removeContainers(docker, owner.homeId, owner.lab)
  await removeLabNetwork(docker, owner)
})
