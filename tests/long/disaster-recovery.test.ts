import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { openLab } from '../../src-main/lab/labs.js'
import type { LabHandle } from '../../src-main/lab/handle.js'
import { openHome } from '../../src-main/lab/store.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { dojoHome, type DojoHome } from '../support/dojo-process.js'
import { readPlan, type PlanBlock } from '../support/plan-commands.js'

const name = 'dr' // as the plan calls it
let home: DojoHome
let lab: LabHandle
beforeAll(async () => {
  await ensureHostImage()
  home = await dojoHome()
  const { code, err } = await home.run('up', 'pair-witness', '--name', name)
  if (code !== 0) throw new Error(err)
  lab = await openLab(name, await openHome(home.dir))
}, 240_000)
afterAll(() => home?.[Symbol.asyncDispose](), 60_000)

const signal = new AbortController().signal

/** What a block's commands printed; the first one that fails ends it. */
async function output(block: PlanBlock, timeoutMs: number, ends: AbortSignal = signal): Promise<string> {
  const { on, user, commands } = block
  if (on === 'outside') {
    let out = ''
    for (const command of commands.split('\n')) {
      const [program, ...args] = command.split(' ')
      expect(program).toBe('dojo')
      const ran = await home.run(...args)
      expect(ran.code, ran.err).toBe(0)
      out += ran.out
    }
    return out
  }
  const script = `set -eu -o pipefail\ncd /var/lib/postgresql\n${commands}`
  const { code, stdout, stderr } = await lab.exec(on, ['bash', '-c', script], { user, timeoutMs, signal: ends })
  if (code !== 0) throw new Error(`${stdout}${stderr}`.trim() || `exit ${code}`)
  return stdout
}

async function follow(block: PlanBlock): Promise<void> {
  const { until, withinMs, line, commands } = block
  if (!until) return void (await output(block, withinMs))
  await waitFor(
    (ends) => output(block, 8_000, ends),
    (out) => until.test(out),
    {
      what: `docs/disaster-recovery.md:${line} (${commands}) to answer ${String(until)}`,
      withinMs,
      everyMs: 250,
      signal,
      describe: (out) => out.trim(),
    },
  )
}

test(
  'the commands of the disaster-recovery plan bring the cluster back from each loss, in the order in which they stand there',
  { timeout: 480_000 },
  async () => {
    const plan = readPlan()
    expect(plan.length).toBeGreaterThan(30)
    const begun = new Map<string, number>()
    const seconds: Record<string, number> = {}
    try {
      for (const block of plan) {
        if (block.from) begun.set(block.from, performance.now())
        await follow(block).catch((cause: unknown) => {
          throw new Error(`docs/disaster-recovery.md:${block.line} failed: ${String(cause)}`, { cause })
        })
        if (block.to) seconds[block.to] = Math.round((performance.now() - begun.get(block.to)!) / 100) / 10
      }
    } finally {
      console.log('disaster recovery, seconds:', JSON.stringify(seconds))
    }
    // what the plan promises of the loss of a host: ttl, and what promotion and the proxy's checks take
    expect(seconds['leader-dies']).toBeLessThan(60)
    expect([...begun.keys()].toSorted()).toEqual(Object.keys(seconds).toSorted())
  },
)
