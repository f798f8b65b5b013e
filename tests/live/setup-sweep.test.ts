import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectDocker } from '../../src-main/docker/engine.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { filterOf, labelsOf } from '../../src-main/docker/labels.js'
import { sweepHome, sweepHomesBelow } from '../../src-main/docker/sweep.js'
import { builtCli } from '../support/dojo-process.js'

async function make(homeId: string): Promise<void> {
  const docker = await connectDocker()
  const { tag } = await ensureHostImage()
  const owner = { homeId, lab: 'swept' }
  await docker.createNetwork({ Name: `dojo-sweep-${homeId}`, Labels: labelsOf(owner, 'network') })
  await docker.createContainer({ Image: tag, Labels: labelsOf(owner, 'host', 'pg1') })
  await docker.createVolume({ Name: `dojo-sweep-${homeId}`, Labels: labelsOf(owner, 'host', 'pg1') })
}
async function held(homeId: string): Promise<number> {
  const docker = await connectDocker()
  const filters = filterOf(homeId)
  const { Volumes } = await docker.listVolumes({ filters })
  const containers = await docker.listContainers({ all: true, filters })
  return containers.length + (await docker.listNetworks({ filters })).length + (Volumes ?? []).length
}

test("a test run's homes are swept from the engine, and nobody else's", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dojo-sweep-'))
  const [ours, theirs] = [randomBytes(3).toString('hex'), randomBytes(3).toString('hex')]
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

test.each(['SIGINT', 'SIGTERM'] as const)(
  'a measurement that is ended with %s ends what it started, and leaves nothing in the engine',
  async (signal) => {
    expect(existsSync(builtCli), 'run `npm run build` first').toBe(true)
    const ours = randomBytes(3).toString('hex')
    // as setup/lib/bench.mjs does it: a program with a lab's home in its temporary folder
    const script = `
      import { openScratch } from './setup/lib/scratch.mjs'
      import { writeFileSync } from 'node:fs'
      const scratch = openScratch('bench', { out: process.stdout, log: console.error })
      writeFileSync(scratch.folder + '/home-id', '${ours}')
      const child = scratch.start(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' })
      console.log(JSON.stringify({ folder: scratch.folder, pid: child.pid }))`
    const env = { ...process.env, DOJO_SCRATCH: '' }
    const run = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [line] = (await once(run.stdout, 'data')) as [Buffer]
      const { folder, pid } = JSON.parse(line.toString()) as { folder: string; pid: number }
      await make(ours)
      expect(() => process.kill(pid, 0)).not.toThrow()
      const ended = once(run, 'exit')
      run.kill(signal)
      expect(await ended).toEqual([signal === 'SIGINT' ? 130 : 143, null])
      expect(await held(ours)).toBe(0)
      expect(existsSync(folder)).toBe(false)
      expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    } finally {
      run.kill('SIGKILL')
      await sweepHome(ours)
    }
  },
)
