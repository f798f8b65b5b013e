import { describe, expect, test } from 'vitest'
import { routeOf } from '../../../src-main/probe/routes.js'
import { timingOf } from '../../../src-main/probe/explain/report.js'
import { labInfo } from '../../support/recorded-failover.js'

const plain = labInfo()
const port = (n: number) => ({ host: '127.0.0.1', port: n })
const info: typeof plain = {
  ...plain,
  hosts: plain.hosts.map((host, n) => ({
    ...host,
    endpoints: host.services.includes('patroni') ? { postgres: port(40_000 + n) } : {},
  })),
}

describe('a route is a value', () => {
  test('the main one is the write route that the topology gives its clients', () => {
    expect(routeOf(info, 'proxy')).toMatchObject({
      does: 'write',
      readWrite: false,
      targets: [{ endpoint: port(35_000) }],
    })
  })
  test('without a proxy it leads to every data host, and only one that takes writes will do', () => {
    const client = { readWrite: { ...port(40_000), others: [port(40_001)] } }
    expect(routeOf({ ...info, client }, 'proxy')).toEqual({ ...routeOf(info, 'direct'), name: 'proxy' })
  })
  test('direct: every data host, and only one that takes writes will do', () => {
    expect(routeOf(info, 'direct')).toEqual({
      name: 'direct',
      does: 'write',
      readWrite: true,
      targets: [
        { host: 'pg1', endpoint: port(40_000) },
        { host: 'pg2', endpoint: port(40_001) },
      ],
    })
  })
  test('read: the read-only route', () => {
    expect(routeOf(info, 'read')).toMatchObject({ does: 'read', targets: [{ endpoint: port(35_001) }] })
  })
  test('pgbouncer: where a host has one, and in clear words where none has', () => {
    const hosts = info.hosts.map((host) =>
      host.name === 'proxy' ? { ...host, endpoints: { pgbouncer: port(6432) } } : host,
    )
    expect(routeOf({ ...info, hosts }, 'pgbouncer')).toMatchObject({
      targets: [{ host: 'proxy', endpoint: port(6432) }],
    })
    expect(() => routeOf(info, 'pgbouncer')).toThrow(/no host with pgbouncer/)
  })
})

test('the settings in force are those in etcd; what was asked for stands in', () => {
  const live = { dcs: { value: { config: { ttl: 45 } } } } as unknown as Parameters<typeof timingOf>[1]
  expect(timingOf(info, live)).toEqual({ ttl: 45, loopWait: 2, retryTimeout: 8, proxied: true })
  expect(timingOf(info, live, 'direct')).toMatchObject({ proxied: false })
})
