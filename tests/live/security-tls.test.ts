import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Endpoint } from '../../src-main/contract/lab.js'
import { readHealth } from '../../src-main/api/health.js'
import { certificateSeen } from '../../src-main/faults/certificate-seen.js'
import { readAuthority } from '../../src-main/lab/certificates.js'
import { issue } from '../../src-main/lab/pki.js'
import { askHttp } from '../../src-main/util/http.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { ask } from '../support/lab-sql.js'
import { outcome, published, refused, served } from '../support/published-ports.js'
import { watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab('pair-witness', { set: ['security=tls'] })), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

const on = async (host: string, script: string, user = 'postgres') => {
  const { code, stdout, stderr } = await lab.handle.exec(host, ['sh', '-c', script], { user, timeoutMs: 30_000 })
  return { code, said: `${stdout}${stderr}`.trim() }
}

test(
  'a plain client is refused on every published port, and one that verifies is served',
  { timeout: 120_000 },
  async () => {
    await lab.whole()
    const ports = published(lab.handle)
    expect(new Set(ports.map(({ key }) => key))).toEqual(
      new Set(['etcd', 'patroni', 'postgres', 'proxyWrite', 'proxyRead', 'proxyStats']),
    )
    for (const { host, key, endpoint } of ports) {
      const { tls, ...plain } = endpoint
      const what = `${key} of ${host}`
      expect(await outcome(lab.handle, { key, endpoint: plain }), what).toMatch(refused)
      expect(await outcome(lab.handle, { key, endpoint }), what).toMatch(served)
      const stranger = { ...endpoint, tls: { ...tls!, name: 'backup' } }
      expect(await outcome(lab.handle, { key, endpoint: stranger }), `${what}, under another name`).toMatch(
        /^refused: .*altnames/,
      )
    }
    for (const key of ['etcd', 'proxyStats'] as const) {
      const { endpoint } = ports.find((one) => one.key === key)!
      const { ca, name } = endpoint.tls!
      expect(
        await outcome(lab.handle, { key, endpoint: { ...endpoint, tls: { ca, name } } }),
        `${key} without a certificate`,
      ).toMatch(/^refused: /)
    }
  },
)

test('what changes something at Patroni asks for a certificate and a password', async () => {
  const { endpoint } = published(lab.handle).find(({ key }) => key === 'patroni')!
  const { username, password } = (await lab.handle.credentials()).patroniRest
  const { ca, name } = endpoint.tls!
  const patch = (to: Endpoint, headers: Record<string, string>) =>
    askHttp(to, '/config', { method: 'PATCH', headers, body: '{"ttl": 20}', signal: AbortSignal.timeout(5_000) })
  const known = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  expect((await patch({ ...endpoint, tls: { ca, name } }, known)).status).toBe(403)
  expect((await patch(endpoint, {})).status).toBe(401)
  expect((await patch(endpoint, known)).status).toBe(200)
})

test('pg_hba lets nobody in without TLS and a password, and standbys stream encrypted', async () => {
  const { superuser } = await lab.handle.credentials()
  const login = { user: superuser.username, password: superuser.password, database: 'postgres' }
  for (const { endpoint } of published(lab.handle).filter(({ key }) => key === 'postgres')) {
    const rules = await ask<{ type: string; method: string }>(
      endpoint,
      login,
      'select distinct type, auth_method as method from pg_hba_file_rules order by 1, 2',
    )
    expect(rules).toEqual([
      { type: 'hostssl', method: 'scram-sha-256' },
      { type: 'local', method: 'peer' },
      { type: 'local', method: 'scram-sha-256' },
    ])
  }
  const streams = await ask<{ ssl: boolean }>(
    lab.info.client.readWrite,
    login,
    'select ssl from pg_stat_replication join pg_stat_ssl using (pid)',
  )
  expect(streams).toEqual([{ ssl: true }])
  const stored = await ask<{ how: string }>(
    lab.info.client.readWrite,
    login,
    'select distinct left(rolpassword, 13) as how from pg_authid where rolpassword is not null',
  )
  expect(stored).toEqual([{ how: 'SCRAM-SHA-256' }])
})

test('bare commands on every host verify, and find what they need', { timeout: 120_000 }, async () => {
  for (const [host, user] of [
    ['pg1', 'postgres'],
    ['witness', 'root'],
    ['proxy', 'postgres'],
  ] as const) {
    const script = `set -e
      psql -Atc 'select 1' > /dev/null; etcdctl endpoint health --cluster > /dev/null 2>&1; patronictl list > /dev/null
      curl -fsS https://pg1:8008/cluster > /dev/null; curl -fsS https://witness:2379/health > /dev/null
      curl -fsS 'https://proxy:7000/;csv' > /dev/null`
    expect(await on(host, script, user), host).toEqual({ code: 0, said: '' })
  }
  expect(await on('witness', 'psql sslmode=disable -Atc "select 1"')).toMatchObject({ code: 2 })
  await lab.backedUp
  expect((await on('backup', 'pgbackrest info')).said).toContain('full backup')
  expect((await stat(join(lab.handle.dir, 'tls', 'ca.key'))).mode & 0o777).toBe(0o600)
})

type Expirable = 'etcd' | 'patroni' | 'postgres'
const seenBy = (target: string, service: Expirable) => {
  const { endpoint } = published(lab.handle).find(({ host, key }) => host === target && key === service)!
  return certificateSeen(endpoint, { asksFirst: service === 'postgres' })
}
/** What `dojo health` says of a lab, as the app reads it. */
const health = () => readHealth({ ...lab, state: () => ({ ...lab.observer.state(), faults: lab.faults.list() }) })
const { signal } = new AbortController()
const healthSays = {
  what: 'health to look again',
  withinMs: 15_000,
  everyMs: 500,
  signal,
  describe: (found: unknown) => JSON.stringify(found),
}
const ofCertificates = async () => (await health()).findings.filter(({ subsystem }) => subsystem === 'tls')
const byHost = async (target: string) => {
  const { said } = await on(target, 'cluster-health --names')
  return said.split('\n').filter((line) => line.startsWith('certificate-'))
}

/** Lets a certificate expire, and hands back how to heal that; both are proven by a client of ours and told by health. */
async function expire(target: string, service: Expirable): Promise<() => Promise<void>> {
  const { id, ...record } = await lab.faults.inject({ kind: 'expired-certificate', target, options: { service } })
  expect(record).toMatchObject({ state: 'active', target, effect: { holds: true } })
  expect(await seenBy(target, service)).toMatchObject({ trusted: false, why: 'its certificate has expired' })
  // what was seen of the machines a moment ago is told again for some seconds
  const isSaid = RegExp(`^the certificate of ${service} on ${target} expired at \\d{4}-`)
  await waitFor(ofCertificates, (found) => found.length === 1 && isSaid.test(found[0]!.text), healthSays)
  const next = `dojo heal ${lab.info.lab} ${id}`
  expect(await ofCertificates()).toMatchObject([{ rule: 'certificate-expired', host: target, next }])
  expect(await byHost(target)).toEqual([`certificate-expired ${target}`])
  return async () => {
    expect(await lab.faults.heal(id)).toMatchObject([{ state: 'healed', healing: { holds: true } }])
    expect(await seenBy(target, service)).toMatchObject({ trusted: true })
    expect(await byHost(target)).toEqual([])
  }
}

test('a certificate that is over in ten days is told before it is', { timeout: 60_000 }, async () => {
  const day = 24 * 3_600_000
  const authority = await readAuthority(lab.handle.dir)
  const made = (days: number) => {
    const validity = { from: new Date(Date.now() - day), until: new Date(Date.now() + days * day) }
    return issue(authority, { name: 'proxy', reachedAt: ['proxy'], validity }).cert
  }
  const path = '/etc/haproxy/tls/next.crt' // lies there, and nobody shows it
  const put = async (input: string) => {
    const { code } = await lab.handle.exec('proxy', ['tee', path], { user: 'root', input, timeoutMs: 10_000 })
    expect(code).toBe(0)
  }
  await put(made(10))
  expect(await byHost('proxy')).toEqual(['certificate-expiring proxy'])
  await waitFor(ofCertificates, (found) => found.length > 0, healthSays)
  const text = expect.stringMatching(`^the certificate of haproxy on proxy expires in 9 days, at .+: ${path}$`)
  expect(await ofCertificates()).toMatchObject([{ rule: 'certificate-expiring', severity: 'warning', text }])
  await put(made(20))
  expect(await byHost('proxy')).toEqual([])
  await waitFor(ofCertificates, (found) => found.length === 0, healthSays)
})

test(
  'a member of etcd whose certificate has expired does not get back in once it restarts, until it has another',
  { timeout: 120_000 },
  async () => {
    const heal = await expire('witness', 'etcd')
    await on('witness', 'sv -w 10 restart etcd', 'root')
    const asked = `ETCDCTL_ENDPOINTS=https://witness:2379 etcdctl endpoint health --command-timeout=2s`
    expect(await on('pg1', asked)).toMatchObject({ code: 1 })
    await heal()
    expect(await on('pg1', asked)).toMatchObject({ code: 0 })
  },
)

test(
  'clients lose a healthy leader whose certificates have expired: HAProxy gives it up, and psql turns away',
  { timeout: 120_000 },
  async () => {
    const { leader } = await lab.whole()
    const healPatroni = await expire(leader!, 'patroni')
    const routed = (holds: boolean) =>
      lab.until(
        `the proxy ${holds ? 'to send writes to' : 'to give up'} ${leader}`,
        ({ proxy }) => proxy.value?.some(({ host, write }) => host === leader && write) === holds,
        15_000,
      )
    expect((await routed(false)).leader).toBe(leader)
    expect((await on('proxy', `curl -sS https://${leader}:8008/`)).said).toMatch(/certificate has expired/)
    await healPatroni()
    await routed(true)
    const healPostgres = await expire(leader!, 'postgres')
    expect((await on('witness', `psql -h ${leader} -p 5432 -c 'select 1'`)).said).toMatch(
      /certificate (verify failed|has expired)/,
    )
    await healPostgres()
    await waitFor(health, ({ healthy }) => healthy, {
      what: 'nothing to be wrong after healing',
      withinMs: 60_000,
      everyMs: 1_000,
      signal,
      describe: ({ findings }) => JSON.stringify(findings),
    })
    await expect(
      lab.faults.inject({ kind: 'expired-certificate', target: 'proxy', options: { service: 'etcd' } }),
    ).rejects.toMatchObject({ code: 'fault-refused' })
  },
)

test(
  'a crash of the leader’s host is survived as without TLS: under 30 s, nothing lost',
  { timeout: 300_000 },
  async () => {
    await lab.whole()
    await lab.probe.start(40)
    const since = Date.now()
    await lab.faults.inject({ kind: 'crash', target: 'leader' })
    await lab.event('outage.ended', undefined, since, 60_000)
    await lab.faults.heal()
    await lab.whole(120_000)
    await lab.probe.stop()
    const { lost, outages, acknowledged } = await lab.probe.verify()
    expect(acknowledged).toBeGreaterThan(40)
    expect(lost).toBe(0)
    expect(outages).toHaveLength(1)
    expect(outages[0]!.seconds).toBeLessThan(30)
  },
)
