import { describe, expect, test } from 'vitest'
import type { ClusterState } from '../../../../src-main/contract/cluster.js'
import { reporters } from '../../../../src-renderer/topology/reporters.js'
import { shortWal } from '../../../../src-renderer/topology/scene-services.js'
import { sceneOf, type Scene } from '../../../../src-renderer/topology/scene.js'
import { at, failoverState, labInfo, zero } from '../../../support/recorded-failover.js'

const info = labInfo()
const sceneAt = (s: number, change: (state: ClusterState) => void = () => undefined): Scene => {
  const state = failoverState(s)
  change(state)
  return sceneOf({ info, state, now: at(s), zero, recorded: false })
}
const host = (scene: Scene, name: string) => scene.hosts.find((card) => card.name === name)!
const words = (scene: Scene, name: string) =>
  host(scene, name).facts.map(({ text, value }) => (value ? `${text} ${value}` : text))
const link = (scene: Scene, kind: string, to: string) =>
  scene.links.find((each) => each.kind === kind && each.to === to)

describe('a healthy cluster', () => {
  const scene = sceneAt(700.4)

  test('has a leader with its lease, and a synchronous standby that streams', () => {
    expect(host(scene, 'pg1')).toMatchObject({
      word: 'LEADER',
      right: 'timeline 1',
      ring: { seconds: 18, failing: false },
    })
    expect(words(scene, 'pg1').slice(0, 3)).toEqual([
      'lease 18 s of ttl 20 s',
      'renewed 1 s ago',
      'writes at 0/5031C48',
    ])
    expect(host(scene, 'pg2')).toMatchObject({ word: 'SYNC STANDBY', ring: null, etcd: 'votes' })
    expect(link(scene, 'stream', 'pg2')).toMatchObject({
      from: 'pg1',
      state: 'flows',
      tone: 'sync',
      words: 'lag 0 B, 4 ms',
    })
  })

  test('sends writes to the leader only', () => {
    expect(link(scene, 'route', 'pg1')).toMatchObject({ state: 'flows' })
    expect(link(scene, 'route', 'pg2')).toMatchObject({ state: 'ready' })
    expect(words(scene, 'proxy')).toEqual(['HAProxy :5000', 'pg1 /primary 200', 'pg2 /primary 503'])
  })

  test('names those whose word it rests on', () => {
    expect(reporters(info, failoverState(700))).toBe('pg1, pg2, the witness and the client’s route')
    expect(reporters(info, failoverState(740))).toBe('pg2, the witness and the client’s route')
  })

  test('may lose one vote, and has one timeline', () => {
    expect(scene.quorum).toMatchObject({ count: '3 of 3', holds: true, words: 'one may be lost' })
    expect(scene.fork).toMatchObject({ stems: [], left: [], newest: { timeline: 1, host: 'pg1' } })
  })
})

test('of two repositories each has its own backups and its own line, and one that is down cuts only that', () => {
  const of = (name: string) => ({ ...info.hosts.find((each) => each.name === 'backup')!, name })
  const hosts = [...info.hosts.filter(({ name }) => name !== 'backup'), of('backup1'), of('backup2')]
  const state = failoverState(700.4)
  const kept = state.hosts.find(({ name }) => name === 'backup')!
  const none = { ...state.backup, value: { ...state.backup.value!, backups: [] } }
  const two: ClusterState = {
    ...state,
    hosts: [...state.hosts, { ...kept, name: 'backup1', role: 'down' }, { ...kept, name: 'backup2' }],
    repositories: { backup1: state.backup, backup2: none },
  }
  const scene = sceneOf({ info: { ...info, hosts }, state: two, now: at(700.4), zero, recorded: false })
  expect(link(scene, 'archive', 'backup1')).toMatchObject({ state: 'cut', why: 'backup1 is down' })
  expect(link(scene, 'archive', 'backup2')).toMatchObject({ state: 'ready', why: '' })
  expect(words(scene, 'backup2')).toContain('no backup yet')
})

describe('the leader’s host is down', () => {
  const scene = sceneAt(740)

  test('says what happened, by whom, when, and that it still holds the key', () => {
    const card = host(scene, 'pg1')
    expect(card).toMatchObject({
      word: 'HOST DOWN',
      right: '13 s',
      etcd: 'lost',
      ring: { failing: true, tone: 'leader' },
    })
    expect(words(scene, 'pg1')[0]).toBe('crashed by you at 12:07.0')
    expect(words(scene, 'pg1')).toContain('was leader on timeline 1')
    expect(card.ring!.seconds).toBe(7)
  })

  test('cuts what came from it, with the reason in words', () => {
    expect(link(scene, 'stream', 'pg2')).toMatchObject({
      state: 'cut',
      words: 'nothing arrives from pg1',
      why: 'pg1’s host is down',
    })
    expect(link(scene, 'route', 'pg1')).toMatchObject({ state: 'cut' })
    expect(link(scene, 'archive', 'backup')).toBeUndefined()
    expect(words(scene, 'proxy')).toContain('pg1 no answer')
  })

  test('stops the client’s bars, and says for how long', () => {
    expect(scene.client).toMatchObject({ writes: 0 })
    expect(scene.client.facts.map(({ text }) => text)).toEqual(['no writes', 'for 13 s', 'unknown 3'])
    expect(link(scene, 'client', 'proxy')).toMatchObject({ state: 'ready' })
  })

  test('leaves no vote to lose, and nobody to demote', () => {
    expect(scene.quorum).toMatchObject({ count: '2 of 3', words: 'one more lost, nobody leads' })
    expect(scene.quorum!.votes.map(({ votes }) => votes)).toEqual([true, true, false])
  })
})

describe('after the failover', () => {
  const scene = sceneAt(751)

  test('the other host leads on a new timeline, without a standby', () => {
    expect(host(scene, 'pg2')).toMatchObject({ word: 'LEADER', right: 'timeline 2' })
    expect(words(scene, 'pg2')).toContain('no standby attached')
    expect(link(scene, 'stream', 'pg1')).toMatchObject({ from: 'pg2', state: 'cut', words: 'no replication to pg1' })
    expect(scene.quorum!.words).toBe('one more lost, pg2 demotes')
  })

  test('the old timeline’s end is not known while its host is away', () => {
    expect(scene.fork!.left).toMatchObject([{ words: '1, pg1: end not known', open: true, diverged: false }])
    expect(scene.fork!.newest.words).toBe('2, pg2: 0/5031C48')
  })

  test('nothing forks once everybody is on the new one', () => {
    expect(sceneAt(880).fork).toMatchObject({ left: [], newest: { timeline: 2 } })
  })
})

test('a member of etcd that is cut off answers us, and has no vote', () => {
  const scene = sceneAt(700, (state) => {
    const { members, quorum } = state.etcd.value!
    const apart = members.map((each) =>
      each.name === 'pg2' ? { ...each, leader: false, error: 'knows no leader' } : each,
    )
    state.etcd.value = { members: apart, quorum }
  })
  expect(scene.quorum!.count).toBe('2 of 3')
  expect(host(scene, 'pg2').etcd).toBe('lost')
  expect(host(scene, 'pg2').facts.map(({ text }) => text)).toContain('etcd knows no leader')
})

describe('what is not known', () => {
  test('is not shown as the present: an old lease has no ring, an old etcd no votes', () => {
    const scene = sceneAt(700, (state) => {
      state.dcs.stale = true
      state.etcd.stale = true
      state.etcd.at = at(688)
    })
    expect(host(scene, 'pg1').ring).toBeNull()
    expect(scene.quorum).toMatchObject({ count: 'unknown', holds: null, words: 'last read 12 s ago' })
    expect(host(scene, 'pg2').etcd).toBe('unknown')
  })

  test('is said with its age', () => {
    const scene = sceneAt(700, (state) => {
      state.hosts[1]!.postgres = { ...state.hosts[1]!.postgres!, stale: true, at: at(692) }
      state.proxy = { ...state.proxy, stale: true, at: at(690) }
    })
    expect(words(scene, 'pg2')).toContain('PostgreSQL last answered 8 s ago')
    expect(words(scene, 'proxy')).toContain('as of 10 s ago')
  })

  test('is no quorum when etcd says so', () => {
    const scene = sceneAt(740, (state) => {
      state.etcd.value!.quorum = false
      state.etcd.value!.members[1]!.answers = false
    })
    expect(scene.quorum).toMatchObject({ count: '1 of 3', holds: false, tone: 'fault' })
  })
})

describe('an etcd member that is cut off', () => {
  test('answers us and has no vote: the count, its host and its dots say so', () => {
    const scene = sceneAt(700, (state) => {
      Object.assign(
        state.etcd.value!.members.find(({ name }) => name === 'witness')!,
        { error: 'knows no leader' },
      )
    })
    expect(scene.quorum).toMatchObject({ count: '2 of 3', holds: true })
    expect(scene.quorum!.votes.at(-1)).toEqual({ name: 'witness', votes: false })
    expect(host(scene, 'witness').etcd).toBe('lost')
    expect(words(scene, 'witness')).toContain('etcd knows no leader')
    expect(words(scene, 'witness')).toContain('etcd: no vote now, no data')
  })
})

describe('replication', () => {
  test('that falls behind is stalled, and says by how much', () => {
    const scene = sceneAt(700, (state) => {
      Object.assign(state.hosts[0]!.postgres!.value!.replication[0]!, { lagBytes: 3_400_000, lagMs: 4_000 })
    })
    expect(link(scene, 'stream', 'pg2')).toMatchObject({ state: 'stalled', words: 'lag 3.2 MB, 4.0 s' })
  })

  test('without waiting commits is the replica’s colour', () => {
    const scene = sceneAt(700, (state) => {
      state.hosts[0]!.postgres!.value!.replication[0]!.syncState = 'async'
    })
    expect(link(scene, 'stream', 'pg2')).toMatchObject({ state: 'flows', tone: 'repl', why: 'asynchronous' })
  })

  test('to a frozen host is cut, and the host says that it hangs', () => {
    const scene = sceneAt(700, (state) => {
      state.hosts[1]!.role = 'frozen'
      state.hosts[1]!.note = 'frozen; was synchronous standby on timeline 1'
      state.hosts[1]!.engine.value = { container: 'paused', since: at(690) }
    })
    expect(link(scene, 'stream', 'pg2')).toMatchObject({ state: 'cut', why: 'pg2 is frozen' })
    expect(host(scene, 'pg2')).toMatchObject({ word: 'FROZEN', right: '10 s' })
    expect(words(scene, 'pg2')).toContain('connections to it hang, they do not fail')
  })
})

test('a WAL segment is told by its timeline and its number', () => {
  expect(shortWal('000000020000000000000005')).toBe('2/05')
  expect(shortWal('0000000A00000001000000FF')).toBe('10/1FF')
  expect(shortWal('00000002.history')).toBe('00000002.history')
})

test('without a proxy the client is linked to every data host, and its writes go to the one that leads', () => {
  const [pg1, pg2] = info.hosts.filter(({ services }) => services.includes('patroni')).map(({ name }) => name)
  const client = { readWrite: { host: '127.0.0.1', port: 40_000, others: [{ host: '127.0.0.1', port: 40_001 }] } }
  const direct = { ...info, client, hosts: info.hosts.filter(({ name }) => name !== 'proxy') }
  const sceneIn = (s: number) => sceneOf({ info: direct, state: failoverState(s), now: at(s), zero, recorded: false })
  const links = (s: number) =>
    sceneIn(s)
      .links.filter(({ kind }) => kind === 'client')
      .map(({ to, state }) => [to, state])
  expect(links(700.4)).toEqual([
    [pg1, 'flows'],
    [pg2, 'ready'],
  ])
  expect(links(740)).toEqual([
    [pg1, 'cut'],
    [pg2, 'ready'],
  ])
  expect(sceneIn(700.4).client.explain).toContain('to whoever leads')
})

test('in another site, all but its standby leader stream from that one', () => {
  const pg2 = info.hosts.find(({ name }) => name === 'pg2')!
  const sites = { ...info, hosts: [...info.hosts, { ...pg2, name: 'pg3', site: 'remote' }] }
  const state = failoverState(700.4)
  const view = state.hosts.find(({ name }) => name === 'pg2')!
  const row = { applicationName: 'pg3', state: 'streaming', syncState: 'async', lagBytes: 0, lagMs: 1 }
  const third = structuredClone(view)
  Object.assign(third, { name: 'pg3' })
  third.postgres!.value!.walReceiver = { status: 'streaming', senderHost: 'pg2' }
  view.postgres!.value!.replication = [row]
  state.hosts.push(third)
  const scene = sceneOf({ info: sites, state, now: at(700.4), zero, recorded: false })
  expect(link(scene, 'stream', 'pg3')).toMatchObject({ from: 'pg2', state: 'flows' })
  expect(link(scene, 'stream', 'pg2')).toMatchObject({ from: 'pg1' })
})
