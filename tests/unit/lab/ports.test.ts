import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { choosePorts, isFree, offersOf } from '../../../src-main/lab/ports.js'
import { topologyOf } from './plan-of.js'

const listening: Server[] = []
afterEach(() => Promise.all(listening.splice(0).map((server) => new Promise((done) => server.close(done)))))
const listen = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    listening.push(server.listen({ port, host: '127.0.0.1' }, resolve))
  })

test('every interface gets its own port, below those of outgoing connections', async () => {
  const ports = await choosePorts(topologyOf(), 'random')
  expect(ports.map(({ host, key }) => `${host} ${key}`)).toEqual([
    'pg1 etcd', 'pg1 patroni', 'pg1 postgres', 'pg2 etcd', 'pg2 patroni', 'pg2 postgres', 'witness etcd',
    'proxy proxyWrite', 'proxy proxyRead', 'proxy proxyStats',
  ]) // prettier-ignore
  expect(new Set(ports.map(({ port }) => port)).size).toBe(ports.length)
  for (const { port } of ports) expect(port).toSatisfy((n: number) => n >= 20_000 && n < 32_000)
})

test('ports of other labs are left out, also of those that are down', async () => {
  const all = new Set(Array.from({ length: 12_000 }, (_, i) => 20_000 + i))
  for (let port = 25_000; port < 25_030; port++) all.delete(port)
  const ports = await choosePorts(topologyOf(), 'random', all)
  for (const { port } of ports) expect(port).toSatisfy((n: number) => n >= 25_000 && n < 25_030)
})

test('fixed ports differ between hosts that offer the same', () => {
  const fixed = offersOf(topologyOf()).filter(({ key }) => key === 'postgres' || key === 'etcd')
  expect(fixed.map(({ host, fixed: port }) => [host, port])).toEqual([
    ['pg1', 2379], ['pg1', 5432], ['pg2', 2479], ['pg2', 5433], ['witness', 2579],
  ]) // prettier-ignore
})

test('a topology may name the port that the first host gets', () => {
  const named = offersOf({ ...topologyOf(), fixedPorts: { postgres: 5532 } }).filter(({ key }) => key !== 'etcd')
  expect(named.slice(0, 4).map(({ host, key, fixed }) => [host, key, fixed])).toEqual([
    ['pg1', 'patroni', 8008], ['pg1', 'postgres', 5532], ['pg2', 'patroni', 8009], ['pg2', 'postgres', 5533],
  ]) // prettier-ignore
})

test('a taken fixed port is an error that names it and what it was for', async () => {
  if (await isFree(7000)) await listen(7000)
  await expect(choosePorts(topologyOf(), 'fixed')).rejects.toMatchObject({
    code: 'port-taken',
    said: { what: expect.stringContaining('7000 (proxyStats of proxy)') },
  })
})

test('a port is free again once nobody listens', async () => {
  await listen(31_999)
  expect(await isFree(31_999)).toBe(false)
  await new Promise((done) => listening.pop()!.close(done))
  expect(await isFree(31_999)).toBe(true)
})
