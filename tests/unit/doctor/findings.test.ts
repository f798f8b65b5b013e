import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { EngineFacts } from '../../../src-main/docker/engine-facts.js'
import { diskFinding, engineFindings, isFree, memoryFinding } from '../../../src-main/doctor/doctor.js'
import { requireRoom } from '../../../src-main/doctor/limits.js'

const gib = 1024 ** 3
const fit: EngineFacts = {
  where: '/var/run/docker.sock',
  from: 'Docker',
  version: '24.0',
  apiVersion: '1.43',
  remote: false,
  cpus: 4,
  memoryTotal: 16 * gib,
  memoryAvailable: 8 * gib,
  diskFree: 100 * gib,
  rootFolder: '/var/lib/docker',
  storageDriver: 'overlay2',
  limitsMemory: true,
}

test('a fit machine has nothing to repair', () => {
  const findings = [...engineFindings(fit), memoryFinding(fit), diskFinding(fit)]
  expect(findings.map(({ state }) => state)).toEqual(findings.map(() => 'ok'))
})

describe.each([
  ['memory', memoryFinding, { memoryAvailable: 1 * gib }, 'warn'],
  ['memory', memoryFinding, { memoryAvailable: 0.5 * gib }, 'fail'],
  ['memory of a VM', memoryFinding, { memoryAvailable: null, memoryTotal: 0.5 * gib }, 'fail'],
  ['disk', diskFinding, { diskFree: 4 * gib }, 'warn'],
  ['disk', diskFinding, { diskFree: 0.5 * gib }, 'fail'],
] as const)('too little %s', (_, finding, lacks, state) => {
  test(`${JSON.stringify(lacks)}: ${state}, with why and what to do`, () => {
    const found = finding({ ...fit, ...lacks })
    expect(found.state).toBe(state)
    expect(found.why).toBeTruthy()
    expect(found.next).toBeTruthy()
  })
})

test.each([
  [{ remote: true }, 'engine-place'],
  [{ storageDriver: 'vfs' }, 'engine-storage'],
  [{ limitsMemory: false }, 'engine-limits'],
])('%o is pointed out', (lacks, id) => {
  expect(engineFindings({ ...fit, ...lacks }).find((finding) => finding.id === id)?.state).toBe('warn')
})

test('no lab is begun where it has no room', () => {
  expect(() => requireRoom(fit)).not.toThrow()
  expect(() => requireRoom({ ...fit, memoryAvailable: 0.2 * gib })).toThrow(/memory are left/)
  expect(() => requireRoom({ ...fit, diskFree: 0.2 * gib })).toThrow(/free on the engine's disk/)
})

test('a port that is listened on is not free', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  expect(await isFree(port)).toBe(false)
  await new Promise((resolve) => server.close(resolve))
  expect(await isFree(port)).toBe(true)
})
