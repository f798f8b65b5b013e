import { describe, expect, test } from 'vitest'
import { clusterState } from '../../../../src-main/contract/cluster.js'
import { faultsAt } from '../../../../src-renderer/timeline/moment-faults.js'
import { factsAt, sentenceAt } from '../../../../src-renderer/timeline/facts.js'
import { stateAt } from '../../../../src-renderer/timeline/moment-state.js'
import { outagesOf } from '../../../../src-renderer/timeline/outages.js'
import { tracksOf } from '../../../../src-renderer/timeline/tracks.js'
import { sceneOf } from '../../../../src-renderer/topology/scene.js'
import { at, event, failoverRecords, labInfo, zero } from '../../../support/recorded-failover.js'
import { partitionRecords } from '../../../support/recorded-partition.js'

const info = labInfo()
// all that was recorded by the end: looking back must not know what came later
const tracks = tracksOf(failoverRecords(900))
const known = { tracks, hosts: ['pg1', 'pg2'], outages: outagesOf(tracks, null), renewEveryS: 2 }
const sceneAt = (s: number) => sceneOf({ info, state: stateAt(info, known, at(s)), now: at(s), zero, recorded: true })
const host = (s: number, name: string) => sceneAt(s).hosts.find((card) => card.name === name)!
const stream = (s: number) => sceneAt(s).links.find(({ kind }) => kind === 'stream')!

describe('a moment put together from records', () => {
  test('is a cluster state like any other', () => {
    for (const s of [5, 727.2, 740, 747.5, 748, 751, 865, 890])
      expect(() => clusterState.parse(stateAt(info, known, at(s)))).not.toThrow()
  })

  test('before the crash: pg1 leads, pg2 streams, all votes, no outage', () => {
    expect(host(700, 'pg1')).toMatchObject({ word: 'LEADER', ring: { failing: false } })
    expect(stream(700)).toMatchObject({ from: 'pg1', to: 'pg2', state: 'flows', tone: 'sync' })
    expect(sceneAt(700).quorum!.count).toBe('3 of 3')
    expect(sceneAt(700).client.writes).toBeGreaterThan(30)
    expect(sceneAt(700).fork!.stems).toEqual([])
  })

  test('in the outage: pg1 is down and still holds the key, which runs down', () => {
    const card = host(739.8, 'pg1')
    expect(card).toMatchObject({ word: 'HOST DOWN', right: '12 s', ring: { failing: true } })
    expect(Math.abs(card.ring!.seconds - 7)).toBeLessThanOrEqual(1)
    expect(card.facts[0]!.text).toBe('crashed by you at 12:07.0')
    expect(stream(739.8)).toMatchObject({ from: 'pg1', to: 'pg2', state: 'cut' })
    expect(sceneAt(739.8).client).toMatchObject({ writes: 0 })
    expect(sceneAt(739.8).quorum!.count).toBe('2 of 3')
  })

  test('between two leaders: nobody holds the key', () => {
    expect(sceneAt(747.52).hosts.every(({ ring }) => ring === null)).toBe(true)
  })

  test('after it: pg2 leads on timeline 2, and later pg1 streams from it', () => {
    expect(host(751, 'pg2')).toMatchObject({ word: 'LEADER', right: 'timeline 2' })
    expect(sceneAt(751).fork!.newest).toMatchObject({ timeline: 2, host: 'pg2' })
    expect(stream(880)).toMatchObject({ from: 'pg2', to: 'pg1', state: 'flows' })
    expect(sceneAt(880).hosts.find(({ name }) => name === 'pg1')!.word).toBe('SYNC STANDBY')
  })

  test('claims nothing that nobody recorded', () => {
    const proxy = host(751, 'proxy').facts.map(({ text }) => text)
    expect(proxy).toContain('checks not recorded')
    expect(stream(700).words).toBe('streams to pg2')
    expect(host(700, 'backup').facts).toEqual([])
  })

  test('reads as a sentence', () => {
    expect(sentenceAt(factsAt(known, at(739.8)))).toMatch(
      /^pg1 down 12 s; pg2 sync on timeline 1; lease of pg1 [678] s; etcd 2 of 3; no write acknowledged for 12.8 s$/,
    )
  })
})

describe('a partition, looked at again', () => {
  const partition = tracksOf(partitionRecords(372))
  const then = { tracks: partition, hosts: ['pg1', 'pg2'], outages: outagesOf(partition, null), renewEveryS: 2 }
  const scene = (s: number) => sceneOf({ info, state: stateAt(info, then, at(s)), now: at(s), zero, recorded: true })
  const route = (s: number) => scene(s).links.find(({ kind, to }) => kind === 'route' && to === 'pg1')!

  test('its links are cut while it lasted, and whole before and after', () => {
    expect(route(299).cut).toBeNull()
    expect(route(312)).toMatchObject({ state: 'cut', cut: { way: 'both', words: 'partition' } })
    expect(route(353).cut).toBeNull()
    expect(scene(312).faults[0]!.explain).toContain('Cut pg1 off from pg2, witness, backup, proxy')
  })

  test('positions and lags are those of the moment, and absent where nobody recorded them', () => {
    const stream = scene(290).links.find(({ kind }) => kind === 'stream')!
    expect(stream.words).toMatch(/^lag \d+ B, \d ms$|^lag \d kB, \d ms$/)
    expect(scene(330).fork!.left).toMatchObject([{ host: 'pg1', timeline: 1, diverged: true }])
    expect(host(700, 'pg1').facts.some(({ text }) => text === 'writes at')).toBe(false)
  })

  test('a restart ends what lay in the host’s network; what lies on its disk stays', () => {
    const applied = (id: string, fault: string, cuts?: unknown) =>
      event(10, 'fault.applied', fault, { host: 'pg1', data: { id, fault, ...(cuts ? { cuts } : {}) } })
    const cut = [{ from: 'pg1', to: 'pg2', services: [] }]
    const before = [
      applied('f1', 'partition', cut),
      applied('f2', 'disk-full'),
      event(40, 'host.started', 'pg1 starts', { host: 'pg1' }),
    ]
    expect(faultsAt(before).map(({ id }) => id)).toEqual(['f2'])
    const killed = event(10, 'fault.applied', 'kill', { host: 'pg1', data: { id: 'f3', momentary: true } })
    expect(faultsAt([killed])).toEqual([])
    const healed = event(20, 'fault.healed', 'healed', { host: 'pg1', data: { id: 'f2' } })
    expect(faultsAt([...before.slice(0, 2), healed]).map(({ id }) => id)).toEqual(['f1'])
  })
})
