import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { topologyNames } from '../../src-main/lab/topology-file.js'
import { runTopology, type TopologyRun } from '../support/topology-run.js'
import { twoAtOnce } from '../support/two-at-once.js'

/** Every topology that ships, the newest as well: nobody has to remember to add it here. */
const names = await topologyNames()
/** Those that other files boot without TLS are booted with it here. */
const withTls = new Set(['async-cron', 'trio-haproxy', 'trio-single-etcd', 'two-sites'])
const runs = new Map<string, Promise<TopologyRun>>()
const forAll = 600_000

beforeAll(() => {
  for (const [name, run] of twoAtOnce(names, (name) => runTopology(name, withTls.has(name) ? ['security=tls'] : [])))
    runs.set(name, run)
})
afterAll(async () => {
  const settled = await Promise.allSettled(runs.values())
  const measured = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const file = join(import.meta.dirname, '../../.cache/topologies.json')
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), measured }, null, 2)}\n`)
}, forAll)

describe.each(names)('%s', (name) => {
  test(
    'boots, fails over under a host crash as it promises, survives a stop of everything, and leaves no trace',
    { timeout: forAll },
    async () => {
      const run = await runs.get(name)!
      console.log(JSON.stringify(run))
      expect(run.bootS).toBeGreaterThan(0) // it was healthy by SQL, or there would be no run
      expect(run.movedTo, 'who leads after the crash').not.toBeNull()
      expect(run.failoverS).toBeLessThan(60)
      expect(run.ports.wrong).toEqual([])
      expect(run.ports.tls > 0).toBe(withTls.has(name))
      expect(run.acknowledged).toBeGreaterThan(0) // a probe that wrote nothing proves nothing
      expect(run.lost).toBeLessThanOrEqual(run.mayLose ?? Infinity) // asynchronous ones promise nothing
      expect(run.violations).toEqual([])
      expect(run.rows[0]).toMatch(/^20000 rows, [0-9a-f]{32}$/)
      expect(run.rows[1]).toBe(run.rows[0])
      expect(run.left).toEqual({ containers: 0, networks: 0, volumes: 0, folder: false })
    },
  )
})
