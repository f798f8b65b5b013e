import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { connectDocker } from '../../src-main/docker/engine.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { filterOf } from '../../src-main/docker/labels.js'
import { beginLab, downLab, listLabs, upLab, watchBoot } from '../../src-main/lab/labs.js'
import type { BootProgress } from '../../src-main/contract/lab.js'
import { labNameFor, startLab, testHome } from '../support/lab.js'
import { askAsClient } from '../support/lab-sql.js'

test('two labs side by side do not disturb each other', async () => {
  await using one = await startLab('pair-witness')
  await using two = await startLab('pair-witness')
  await askAsClient(one.handle, `create table t as select 'one' as who`)
  await askAsClient(two.handle, `create table t as select 'two' as who`)
  expect(await askAsClient(one.handle, 'select who from t')).toEqual([{ who: 'one' }])
  const addresses = [one, two].flatMap(({ info }) => info.hosts.map(({ address }) => address))
  expect(new Set(addresses).size).toBe(addresses.length)

  // neither the lab's own names nor its network lead to the other one
  const stranger = two.info.hosts.find(({ name }) => name === 'pg1')!.address
  const reached = await one.handle.exec('pg1', ['curl', '-s', '--max-time', '2', `http://${stranger}:8008/`], {
    timeoutMs: 8_000,
  })
  expect(reached.code).not.toBe(0)

  await downLab(one.info.lab, one.home)
  expect(await askAsClient(two.handle, 'select who from t')).toEqual([{ who: 'two' }])
})

test('a boot can be watched by several, from wherever it is to its first backup', async () => {
  await ensureHostImage()
  await using owner = await testHome()
  const { home } = owner
  const boot = await beginLab({ topology: 'pair-witness', name: labNameFor('watched') }, home)
  const follow = async (): Promise<BootProgress[]> => {
    const seen: BootProgress[] = []
    for await (const progress of watchBoot(home, boot.lab, new AbortController().signal)) seen.push(progress)
    return seen
  }
  const [early, late] = await Promise.all([follow(), boot.done.then(follow)])
  expect(early[0]?.phases.every(({ state }) => state === 'waiting' || state === 'running')).toBe(true)
  for (const seen of [early, late]) {
    const last = seen.at(-1)!
    expect(last.state).toBe('healthy')
    expect(last.phases.map(({ phase, state }) => [phase, state])).toEqual(
      ['containers', 'etcd', 'leader', 'standby', 'proxy', 'write', 'backup'].map((phase) => [phase, 'done']),
    )
    const services = last.hosts.flatMap((host) => host.services.map((service) => ({ host: host.name, ...service })))
    expect(services.filter(({ state }) => state !== 'up')).toEqual([])
    expect(last.log.some(({ host, service }) => host === 'pg1' && service === 'patroni')).toBe(true)
  }
  await boot.cancel()
})

test('a lab that does not become healthy says which phase, which host, and what its log says', async () => {
  await ensureHostImage()
  await using owner = await testHome()
  const { home } = owner
  // a shared memory that no host has: initdb works, PostgreSQL does not start
  const name = labNameFor('broken')
  const set = ['postgresql.shared_buffers=400GB', 'healthy.within=25']
  const boot = upLab({ topology: 'pair-witness', name, set }, { home })
  await expect(boot).rejects.toMatchObject({
    code: 'lab-unhealthy',
    said: {
      what: expect.stringMatching(/not healthy after 25 s: phase "First leader" did not end/),
      why: expect.stringMatching(/patroni on pg1[\s\S]*its log ends with\n {2}/),
      next: expect.stringContaining(`dojo down ${name}`),
    },
  })
  expect(await listLabs(home)).toMatchObject([{ lab: name, state: 'failed' }])
  await downLab(name, home)
  expect(await listLabs(home)).toEqual([])
})

test('what is refused is refused before anything is made', async () => {
  await ensureHostImage()
  await using owner = await testHome()
  const { home } = owner
  await expect(upLab({ topology: 'pair' }, { home })).rejects.toMatchObject({ code: 'unknown-topology' })
  await expect(upLab({ topology: 'pair-witness', set: ['patroni.ttl=5'] }, { home })).rejects.toMatchObject({
    code: 'setting-invalid',
  })
  const busy = createServer().listen({ port: 7000, host: '127.0.0.1' })
  await new Promise((done) => busy.once('listening', done).once('error', done))
  await expect(upLab({ topology: 'pair-witness', ports: 'fixed' }, { home })).rejects.toMatchObject({
    code: 'port-taken',
    said: { what: expect.stringContaining('7000') },
  })
  busy.close()
  const docker = await connectDocker()
  expect(await docker.listContainers({ all: true, filters: filterOf(home.id) })).toEqual([])
  expect(await docker.listNetworks({ filters: filterOf(home.id) })).toEqual([])
  expect(await listLabs(home)).toEqual([])
})
