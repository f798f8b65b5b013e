import { expect, test } from 'vitest'
import { connectDocker } from '../../src-main/docker/engine.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { hostImageTag, imageStatus } from '../../src-main/docker/image-status.js'
import { probeKernel } from '../../src-main/docker/kernel.js'
import { runDoctor } from '../../src-main/doctor/doctor.js'

test('the doctor looks at everything on a real engine, and no finding is left without a way out', async () => {
  await ensureHostImage()
  const findings = await runDoctor()
  const ids = findings.map(({ id }) => id)
  for (const id of [
    'node',
    'engine',
    'engine-access',
    'memory',
    'disk',
    'image',
    'kernel-nft',
    'kernel-netem',
    'ports',
  ]) {
    expect(ids).toContain(id)
  }
  for (const finding of findings.filter(({ state }) => state !== 'ok')) expect(finding.next, finding.title).toBeTruthy()
})

test('an image that is there is not built again', async () => {
  await ensureHostImage()
  const { tag, built, seconds } = await ensureHostImage()
  expect(built).toBe(false)
  expect(seconds).toBeLessThan(1)
  expect(tag).toBe(hostImageTag())
  expect(await imageStatus()).toMatchObject({ state: 'current', tag })
})

test('what the kernel can do is tried for real, and the container that tried is gone', async () => {
  const docker = await connectDocker()
  const { tag } = await ensureHostImage()
  const abilities = await probeKernel(docker, tag)
  for (const { detail } of Object.values(abilities)) expect(detail).not.toBe('the probe said nothing')
  const left = await docker.listContainers({ all: true, filters: { name: ['dojo-kernel-probe-'] } })
  expect(left).toEqual([])
})
