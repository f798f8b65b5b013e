import { describe, expect, test } from 'vitest'
import type { FaultCut, FaultRecord } from '../../../../src-main/contract/fault.js'
import { cutMembers, cutOf, reachOf } from '../../../../src-renderer/topology/scene-cuts.js'
import { sceneOf } from '../../../../src-renderer/topology/scene.js'
import { at, failoverState, labInfo, zero } from '../../../support/recorded-failover.js'

const partition = (target: string, cuts: FaultCut[], change: Partial<FaultRecord> = {}): FaultRecord => ({
  id: 'f1',
  kind: 'partition',
  target,
  options: {},
  state: 'active',
  appliedAt: at(690),
  by: 'learner',
  cuts,
  ...change,
})
const oneWay = (from: string, to: string, services: string[] = []): FaultCut => ({ from, to, services })
const bothWays = (a: string, b: string, services: string[] = []): FaultCut[] => [
  oneWay(a, b, services),
  oneWay(b, a, services),
]
const isolated = partition(
  'pg1',
  ['pg2', 'witness', 'backup', 'proxy'].flatMap((other) => bothWays('pg1', other)),
)

const sceneWith = (...faults: FaultRecord[]) => {
  const state = failoverState(700)
  state.faults = faults
  return sceneOf({ info: labInfo(), state, now: at(700), zero, recorded: false })
}
const link = (scene: ReturnType<typeof sceneWith>, kind: string, to: string) =>
  scene.links.find((each) => each.kind === kind && each.to === to)!

describe('what a fault keeps back on a link', () => {
  test('is told by direction, as the link’s own arrow goes', () => {
    expect(cutOf([partition('pg1', bothWays('pg1', 'pg2'))], 'pg1', 'pg2', ['postgres'])!.way).toBe('both')
    expect(cutOf([partition('pg1', [oneWay('pg1', 'pg2')])], 'pg1', 'pg2', ['postgres'])!.way).toBe('there')
    expect(cutOf([partition('pg1', [oneWay('pg2', 'pg1')])], 'pg1', 'pg2', ['postgres'])!.way).toBe('back')
  })

  test('says by what, and which direction is still open', () => {
    const cut = cutOf([partition('pg1', [oneWay('pg1', 'pg2', ['etcd'])])], 'pg1', 'pg2', ['etcd'])!
    expect(cut.words).toBe('partition: etcd only, from pg1')
    expect(cut.explain).toBe(
      'Cut one way by partition of pg1 by you: etcd that pg1 sends to pg2 is kept back; the other direction is open.',
    )
  })

  test('two faults on one link, one direction each, are a cut of both', () => {
    const faults = [partition('pg1', [oneWay('pg1', 'pg2')]), partition('pg2', [oneWay('pg2', 'pg1')], { id: 'f2' })]
    expect(cutOf(faults, 'pg1', 'pg2', ['postgres'])!.way).toBe('both')
  })

  test('other services, other hosts, and faults that are over cut nothing', () => {
    expect(cutOf([partition('pg1', bothWays('pg1', 'pg2', ['etcd']))], 'pg1', 'pg2', ['postgres'])).toBeNull()
    expect(cutOf([isolated], 'pg2', 'witness', ['etcd'])).toBeNull()
    expect(cutOf([{ ...isolated, state: 'healed' }], 'pg1', 'pg2', ['postgres'])).toBeNull()
  })

  test('reads as one clause for the whole fault', () => {
    expect(reachOf(isolated)).toBe('everything, both ways')
    expect(reachOf(partition('pg1', [oneWay('pg1', 'pg2', ['etcd']), oneWay('pg1', 'witness', ['etcd'])]))).toBe(
      'etcd, on the way from pg1',
    )
    expect(reachOf(partition('pg1', [oneWay('pg2', 'pg1'), oneWay('witness', 'pg1')]))).toBe(
      'everything, on the way to pg1',
    )
  })
})

describe('members of etcd', () => {
  const members = ['pg1', 'pg2', 'witness']

  test('an isolated one is marked, not everybody whom it can’t reach', () => {
    expect([...cutMembers([isolated], members, ['etcd']).keys()]).toEqual(['pg1'])
  })

  test('of a pair that can’t talk the fault’s target is marked, with whom it can’t reach', () => {
    const marked = cutMembers([partition('witness', bothWays('witness', 'pg2'))], members, ['etcd'])
    expect([...marked.keys()]).toEqual(['witness'])
    expect(marked.get('witness')!.words).toBe('partition, to pg2')
  })
})

describe('the picture', () => {
  test('draws every link of an isolated leader cut, with the fault’s name', () => {
    const scene = sceneWith(isolated)
    expect(link(scene, 'route', 'pg1')).toMatchObject({ state: 'cut', cut: { way: 'both' } })
    expect(link(scene, 'route', 'pg2')).toMatchObject({ cut: null })
    expect(link(scene, 'stream', 'pg2')).toMatchObject({ state: 'cut', why: 'partition; 0 B, 4 ms behind' })
    expect(link(scene, 'archive', 'backup')).toMatchObject({ state: 'cut', words: 'archive cut' })
    expect([...scene.quorum!.cuts.keys()]).toEqual(['pg1'])
  })

  test('leaves links alone whose services pass', () => {
    const scene = sceneWith(
      partition(
        'pg1',
        ['pg2', 'witness'].flatMap((other) => bothWays('pg1', other, ['etcd'])),
      ),
    )
    expect(link(scene, 'stream', 'pg2')).toMatchObject({ state: 'flows', cut: null })
    expect(scene.quorum!.cuts.get('pg1')!.words).toBe('partition: etcd only')
  })

  test('names the fault on its host and in the key, but not a host that is down twice', () => {
    const scene = sceneWith(isolated)
    expect(scene.faults).toMatchObject([
      { words: 'partition pg1', reach: 'everything, both ways', since: '10 s, by you' },
    ])
    expect(scene.hosts.find(({ name }) => name === 'pg1')!.facts[0]).toMatchObject({ text: 'partition by you' })
    const crashed = sceneOf({ info: labInfo(), state: failoverState(740), now: at(740), zero, recorded: false })
    expect(crashed.faults).toEqual([])
  })
})
