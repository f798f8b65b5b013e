import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { HostFile } from '../../../src-main/docker/archive.js'
import { renderEnvironment, renderHost } from '../../../src-main/lab/render/index.js'
import { planOf, securedPlanOf, topologyOf } from './plan-of.js'

const plan = securedPlanOf(
  topologyOf({
    ...topologyOf().hosts,
    pool: { address: 20, at: [4, 0], services: ['pgbouncer'] },
    pg3: { address: 21, at: [4, 1], services: ['patroni', 'postgres-exporter', 'cron'] },
    monitor: { address: 22, at: [4, 2], services: ['prometheus'] },
  }),
)
const hosts = Object.keys(plan.topology.hosts)
const file = (host: string, path: string): HostFile => {
  const found = renderHost(plan, host).find((one) => one.path === path)
  if (!found) throw new Error(`${host} has no ${path}`)
  return found
}
const content = (host: string, path: string): string => file(host, path).content
type Config = Record<string, any> // eslint-disable-line typescript/no-explicit-any
const patroni = (host: string) => parse(content(host, '/etc/patroni/patroni.yml'), { version: '1.1' }) as Config

test('a lab without TLS has none of its files and none of its words', () => {
  for (const host of Object.keys(topologyOf().hosts)) {
    const files = renderHost(planOf(), host)
    expect(
      files.filter(({ path }) =>
        /\/etc\/(ssl|etcd|patroni|postgresql|haproxy|pgbouncer|prometheus)\/(lab|tls)/.test(path),
      ),
    ).toEqual([])
    expect(JSON.stringify(renderEnvironment(planOf(), host))).not.toMatch(/https|CACERT|SSL/)
  }
})

describe('with security: tls', () => {
  test('no service of any host is told of a plain URL', () => {
    for (const host of hosts) {
      const all = [
        ...renderHost(plan, host).map(({ content: text }) => text),
        JSON.stringify(renderEnvironment(plan, host)),
      ]
      expect(all.join('\n'), host).not.toMatch(/http:\/\/|protocol: http$/m)
    }
  })

  test('etcd asks clients and peers for a certificate of the lab', () => {
    const config = parse(content('witness', '/etc/etcd/etcd.yml')) as Config
    for (const area of ['client-transport-security', 'peer-transport-security']) {
      expect(config[area]).toEqual({
        'cert-file': '/etc/etcd/tls/server.crt',
        'key-file': '/etc/etcd/tls/server.key',
        'trusted-ca-file': '/etc/ssl/lab/ca.crt',
        'client-cert-auth': true,
      })
    }
  })

  test('Patroni serves TLS, asks for a certificate where something changes, and verifies whom it talks to', () => {
    const { restapi, ctl, etcd3, postgresql } = patroni('pg2')
    expect(restapi).toMatchObject({ certfile: '/etc/patroni/tls/server.crt', verify_client: 'optional' })
    expect(restapi.authentication.password).toBe('secret-of-patroni')
    expect(ctl.cacert).toBe('/etc/ssl/lab/ca.crt')
    expect(etcd3).toMatchObject({ protocol: 'https', cacert: '/etc/ssl/lab/ca.crt', cert: '/etc/ssl/lab/client.crt' })
    for (const role of ['superuser', 'replication', 'rewind']) {
      expect(postgresql.authentication[role]).toMatchObject({
        sslmode: 'verify-full',
        sslrootcert: '/etc/ssl/lab/ca.crt',
      })
    }
  })

  test('PostgreSQL lets nobody in over the network without TLS and a password', () => {
    const { pg_hba: rules, parameters } = patroni('pg1')['bootstrap'].dcs.postgresql
    const overNetwork = (rules as string[]).filter((rule) => !rule.startsWith('local '))
    expect(overNetwork.length).toBeGreaterThan(0)
    for (const rule of overNetwork) expect(rule).toMatch(/^hostssl .* scram-sha-256$/)
    expect(rules.join('\n')).not.toMatch(/md5|trust/)
    expect(parameters).toMatchObject({ ssl: 'on', ssl_cert_file: '/etc/postgresql/tls/server.crt' })
  })

  test('HAProxy verifies each Patroni by its name, and shows its statistics to the lab alone', () => {
    const text = content('proxy', '/etc/haproxy/haproxy.cfg')
    for (const host of ['pg1', 'pg2']) {
      const server = `server ${host} ${host}:5432 check port 8008 check-ssl check-sni ${host} verify required verifyhost ${host}`
      expect(text.split(server)).toHaveLength(3)
    }
    expect(text).toMatch(/^ {2}bind :7000 ssl crt \S+ ca-file \S+ verify required$/m)
    expect(text, "a client's TLS goes through to PostgreSQL").toMatch(/^ {2}bind :5000$/m)
  })

  test('PgBouncer takes TLS alone, and verifies the server', () => {
    const text = content('pool', '/etc/pgbouncer/pgbouncer.ini')
    expect(text).toContain('client_tls_sslmode = require\n')
    expect(text).toContain('server_tls_sslmode = verify-full\n')
  })

  test('Prometheus asks over TLS, with a certificate that its own user can read, and is asked like that itself', () => {
    const { scrape_configs: jobs } = parse(content('monitor', '/etc/prometheus/prometheus.yml')) as Config
    expect(jobs.length).toBeGreaterThan(3)
    for (const job of jobs as Config[]) {
      expect(job).toMatchObject({ scheme: 'https', tls_config: { ca_file: '/etc/ssl/lab/ca.crt' } })
      expect(file('monitor', job['tls_config'].key_file)).toMatchObject({ owner: 'prometheus' })
    }
    for (const [host, path] of [
      ['monitor', '/etc/prometheus/web.yml'],
      ['pg3', '/etc/postgres-exporter/web.yml'],
    ] as const) {
      const { tls_server_config: server } = parse(content(host, path)) as Config
      expect(server).toMatchObject({ client_auth_type: 'RequireAndVerifyClientCert' })
      expect(file(host, server.key_file).mode).toBe(0o600)
    }
  })

  test("cron's jobs, which have no environment, verify as well", () => {
    expect(content('pg3', '/etc/base-backup.conf')).toContain('rest=https\n')
    expect(content('pg3', '/etc/cron.d/base-backup')).toMatch(/^PGSSLMODE=verify-full$/m)
    expect(content('pg3', '/etc/cron.d/base-backup')).toMatch(/^CURL_HOME=\/etc\/ssl\/lab$/m)
  })

  test("PostgreSQL's certificate is good for its host, this machine's route, and every proxy in front of it", () => {
    const certificate = new X509Certificate(content('pg1', '/etc/postgresql/tls/server.crt'))
    for (const name of ['pg1', 'proxy', 'localhost']) expect(certificate.checkHost(name), name).toBe(name)
    for (const ip of ['127.0.0.1', '10.77.9.11', '10.77.9.15']) expect(certificate.checkIP(ip), ip).toBe(ip)
    expect(certificate.checkHost('pg2')).toBeUndefined()
    expect(new X509Certificate(content('pg1', '/etc/etcd/tls/server.crt')).checkHost('proxy')).toBeUndefined()
  })

  test('a key is for the user alone who serves with it', () => {
    const owners = { etcd: 'etcd', patroni: 'postgres', postgresql: 'postgres' }
    for (const [folder, owner] of Object.entries(owners)) {
      expect(file('pg1', `/etc/${folder}/tls/server.key`)).toMatchObject({ owner, mode: 0o600 })
    }
    expect(file('proxy', '/etc/haproxy/tls/server.key')).toMatchObject({ owner: 'haproxy', mode: 0o600 })
    for (const host of hosts) {
      const keys = renderHost(plan, host).filter(({ content: text }) => text.includes('PRIVATE KEY'))
      expect(keys.filter(({ mode }) => mode & 0o077)).toEqual([])
    }
  })

  test('bare psql, etcdctl and curl on every host verify whom they ask', () => {
    for (const host of hosts) {
      expect(renderEnvironment(plan, host)).toMatchObject({
        PGSSLMODE: 'verify-full',
        PGSSLROOTCERT: '/etc/ssl/lab/ca.crt',
        ETCDCTL_CACERT: '/etc/ssl/lab/ca.crt',
        CURL_HOME: '/etc/ssl/lab',
      })
    }
    expect(content('witness', '/etc/ssl/lab/.curlrc')).toContain('cacert = "/etc/ssl/lab/ca.crt"\n')
  })
})
