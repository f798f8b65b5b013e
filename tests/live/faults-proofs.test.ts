import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFaults, faultKinds } from '../../src-main/faults/index.js'
import { hostOf, watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab()), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

test(
  'a freeze holds the ports open and silent, and a thaw brings every service back',
  { timeout: 120_000 },
  async () => {
    const { leader } = await lab.whole()
    const replica = leader === 'pg1' ? 'pg2' : 'pg1'
    const frozen = await lab.faults.inject({ kind: 'freeze', target: 'any-replica' })
    expect(frozen).toMatchObject({
      target: replica,
      effect: { holds: true, observed: expect.stringContaining('engine: paused') },
    })
    const state = await lab.until(
      'the host to be shown frozen',
      (seen) => hostOf(seen, replica).role === 'frozen',
      3_000,
    )
    expect(hostOf(state, replica)).toMatchObject({
      timeline: null,
      patroni: { stale: true },
      postgres: { stale: true },
    })
    await expect(lab.faults.inject({ kind: 'crash', target: replica })).rejects.toMatchObject({ code: 'fault-refused' })
    const [healed] = await lab.faults.heal(frozen.id)
    expect(healed).toMatchObject({ state: 'healed', healing: { holds: true } })
    await lab.whole(90_000)
  },
)

test('a killed postmaster is proven by the kernel, and ends by itself', { timeout: 120_000 }, async () => {
  const { leader } = await lab.whole()
  const before = hostOf(lab.observer.state(), leader!).postgres!.value!.startedAt
  const killed = await lab.faults.inject({ kind: 'kill', target: leader!, options: { process: 'postgres' } })
  expect(killed).toMatchObject({
    state: 'ended',
    effect: { holds: true, observed: expect.stringMatching(/^process \d+ is gone$/) },
  })
  const state = await lab.until(
    'PostgreSQL to be back',
    (seen) =>
      seen.hosts.some(
        ({ postgres }) =>
          !postgres?.stale && postgres?.value?.inRecovery === false && postgres.value.startedAt > before,
      ),
    60_000,
  )
  expect(state.leader).not.toBeNull()
  await lab.whole(90_000)
})

test('a stopped etcd on the witness costs a vote until it is healed, and no leader', { timeout: 120_000 }, async () => {
  const { leader } = await lab.whole()
  const since = Date.now()
  await lab.faults.inject({ kind: 'kill', target: 'witness', options: { process: 'etcd', signal: 'STOP' } })
  await lab.event('etcd.lost', 'witness', since, 15_000)
  expect(lab.observer.state().etcd.value?.quorum).toBe(true)
  await lab.faults.heal()
  await lab.event('etcd.back', 'witness', since, 15_000)
  expect(lab.observer.state().leader).toBe(leader)
})

test('a host that is started by hand has ended its crash', { timeout: 120_000 }, async () => {
  const { id } = await lab.faults.inject({ kind: 'crash', target: 'witness' })
  const record = () => lab.faults.list().find((one) => one.id === id)
  await lab.handle.power.start('witness')
  await lab.until('the fault to be over', () => record()?.state !== 'active', 15_000)
  expect(record()).toMatchObject({ state: 'ended', healing: { observed: 'witness is back, by another hand' } })
})

/** What stands in the ledger of an app that was killed while it applied a fault. */
async function leave(id: string, kind: string, target: string, options: Record<string, unknown> = {}): Promise<void> {
  const record = { id, kind, target, options, state: 'applying', appliedAt: Date.now(), by: 'cli' }
  await appendFile(join(lab.handle.dir, 'faults.jsonl'), `${JSON.stringify({ record, notes: {} })}\n`)
}

/** Options that a kind can't do without. */
const needed: Record<string, Record<string, unknown>> = {
  kill: { process: 'postgres' },
  'restart-loop': { process: 'postgres' },
  'service-down': { service: 'haproxy' },
  'orphan-slot': { slot: 'nobody' },
}

test(
  'an app that died between "written" and "applied" leaves no fault of any kind, and nothing to heal',
  { timeout: 240_000 },
  async () => {
    const state = await lab.whole(90_000)
    const [standby] = state.dcs.value!.sync.standbys
    const on = ({ kind }: (typeof faultKinds)[number]): string =>
      kind === 'damaged-backup'
        ? 'backup'
        : kind === 'service-down'
          ? 'proxy'
          : kind.startsWith('lose-')
            ? 'witness'
            : standby!
    const momentary = ['start', 'kill']
    const notHere = ['disk-full', 'expired-certificate'] // this lab has no disks of their own, and no TLS
    // one after another: some are proven by measuring, and would measure each other
    for (const one of faultKinds) {
      if (notHere.includes(one.kind)) continue
      await leave(`f-${one.kind}`, one.kind, on(one), needed[one.kind])
      const later = await createFaults({ lab: lab.handle })
      const left = later.list().find(({ id }) => id === `f-${one.kind}`)
      await later.close()
      expect([one.kind, left?.state, left?.effect?.observed]).toEqual([
        one.kind,
        momentary.includes(one.kind) ? 'ended' : 'failed',
        'the app ended before it took effect',
      ])
    }
  },
)

test(
  'an app that died between "applied" and its proof leaves a fault that the next one finds, and heals',
  { timeout: 240_000 },
  async () => {
    // the cut comes last: the others are proven across it
    const targets = {
      'service-down': 'proxy',
      'slow-archive': 'leader',
      'broken-hba': 'leader',
      partition: 'any-replica',
    }
    const made = []
    for (const [kind, target] of Object.entries(targets)) {
      made.push(await lab.faults.inject({ kind, target, options: needed[kind] ?? {} }))
    }
    for (const record of made) {
      // its notes are on the disk already, as before the act: only what came after is missing
      await rewrite(record.id)
    }
    await lab.handle.power.kill('backup')
    await leave('fdone', 'crash', 'backup')
    const later = await createFaults({ lab: lab.handle })
    const stateOf = (wanted: string): string | undefined => later.list().find(({ id }) => id === wanted)?.state
    expect(['fdone', ...made.map(({ id }) => id)].map(stateOf)).toEqual(Array(5).fill('active'))
    for (const record of await later.heal()) expect(record).toMatchObject({ state: 'healed', healing: { holds: true } })
    await later.close()
    await lab.whole(90_000)
  },
)

/** Takes a fault's record back to where it was before its effect was proven. */
async function rewrite(id: string): Promise<void> {
  const path = join(lab.handle.dir, 'faults.jsonl')
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  const last = lines
    .map((line) => JSON.parse(line) as { record: { id: string }; notes: unknown })
    .findLast(({ record }) => record.id === id)!
  const record = { ...last.record, state: 'applying', did: undefined, effect: undefined }
  await appendFile(path, `${JSON.stringify({ record, notes: last.notes })}\n`)
}
