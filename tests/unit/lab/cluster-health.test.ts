import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { renderHost } from '../../../src-main/lab/render/index.js'
import { appRoot } from '../../../src-main/util/app-root.js'
import { planOf, topologyOf, twoRepositories } from './plan-of.js'

const script = join(appRoot(), 'docker/rootfs/usr/local/bin/cluster-health')

test('every host is told who belongs to the cluster, without a secret', () => {
  for (const host of ['pg1', 'proxy']) {
    const file = renderHost(planOf(), host).find(({ path }) => path === '/etc/cluster-health.conf')!
    expect(file.mode).toBe(0o644)
    const others = ['pg1', 'pg2', 'witness'].filter((member) => member !== host).map((it) => `,http://${it}:2379`)
    const endpoints = host === 'pg1' ? `http://pg1:2379${others.join('')}` : others.join('').slice(1)
    const runsPgbackrest = host === 'pg1' ? 'export PGBACKREST_STANZA=main\n' : ''
    expect(file.content).toBe(`# Who belongs to this cluster, and which of them this host is. Read by cluster-health.
ME=${host}
SCOPE=pair
DATA_HOSTS="pg1 pg2"
ETCD_HOSTS="pg1 pg2 witness"
PROXY_HOSTS="proxy"
PGBOUNCER_HOSTS=""
REPOSITORIES="backup"
STANZA=main
RENEW='dojo heal test-1, where the fault expired-certificate made it so'
# What a shell that ssh, cron or sudo began has not.
export PGPASSFILE="\${PGPASSFILE:-/var/lib/postgresql/.pgpass}"
export ETCDCTL_ENDPOINTS=${endpoints}
${runsPgbackrest}`)
  }
})

test('it is told of every repository, in the order in which pgBackRest numbers them', () => {
  const { backup, ...others } = topologyOf().hosts
  const plan = planOf(topologyOf({ ...others, far: { ...backup, address: 30 }, backup }))
  const { content } = renderHost(plan, 'pg1').find(({ path }) => path === '/etc/cluster-health.conf')!
  expect(content).toContain('REPOSITORIES="far backup"\n')
  expect(readFileSync(script, 'utf8')).toContain('for host in $REPOSITORIES')
})

test('a host of another site is told of that site', () => {
  const topology = topologyOf({
    pg1: { address: 11, at: [0, 0], services: ['etcd', 'patroni'] },
    far: { address: 21, at: [1, 0], services: ['patroni'], site: 'remote' },
    'far-etcd': { address: 22, at: [1, 1], services: ['etcd'], site: 'remote' },
  })
  const [here, there] = ['pg1', 'far'].map(
    (host) => renderHost(planOf(topology), host).find(({ path }) => path === '/etc/cluster-health.conf')!.content,
  )
  expect(here).toContain('SCOPE=pair\nDATA_HOSTS="pg1"\nETCD_HOSTS="pg1"\n')
  expect(there).toContain('SCOPE=pair-remote\nDATA_HOSTS="far"\nETCD_HOSTS="far-etcd"\n')
})

test('cluster-health is a shell script that any sh understands, and says so where it can not look', () => {
  execFileSync('sh', ['-n', script])
  const { status, stderr } = runWith({})
  expect(stderr).toMatch(/^cluster-health: .*conf can't be read/)
  expect(status).toBe(3)
})

/** What cluster-health says on a machine where these are the tools, to somebody who is not root. */
function runWith(tools: Record<string, string>, conf?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'dojo-health-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, does] of Object.entries({ id: 'echo 1000', ...tools })) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${does}\n`, { mode: 0o755 })
  }
  if (conf !== undefined) writeFileSync(join(folder, 'conf'), conf)
  const env = { PATH: `${folder}:${process.env['PATH']}`, CLUSTER_HEALTH_CONF: join(folder, 'conf') }
  return spawnSync('sh', [script, '--names'], { env, encoding: 'utf8' })
}
const confOf = (host: string): string =>
  renderHost(planOf(twoRepositories()), host).find(({ path }) => path === '/etc/cluster-health.conf')!.content

test('a host goes by the name that the cluster has for it, whatever its machine is called', () => {
  const tools = {
    hostname: 'echo vm-4711.example.com',
    curl: 'exit 0',
    etcdctl: 'exit 1',
    psql: 'exit 2',
    pgbackrest:
      'case "$*" in *--repo=2*) echo "status: error (no valid backups)" ;; *) echo "option not valid" ;; esac',
  }
  const ofRepositories = runWith(tools, confOf('backup2')).stdout.match(/^(no-backup|repository-error).*/gm)
  expect(ofRepositories).toEqual(['no-backup backup2'])
  expect(runWith(tools, confOf('proxy')).stdout).not.toMatch(/no-backup|repository-error/) // it runs no pgBackRest
})

test('it finds etcd without an environment, and who may not know the password is told so', () => {
  const tools = {
    curl: 'exit 0',
    etcdctl: '[ "$ETCDCTL_ENDPOINTS" = http://pg2:2379,http://pg1:2379,http://witness:2379 ] || echo "$0: where?" >&2',
    psql: 'echo "fe_sendauth: no password supplied" >&2; exit 2',
  }
  const { status, stderr } = runWith(tools, confOf('pg2'))
  expect(stderr).toMatch(
    /^cluster-health: PostgreSQL on pg1 wants a password, .*: run this on a data host, as root or as postgres\n$/,
  )
  expect(status).toBe(3)
})

test('cluster-health gives its findings names that docs/cli.md lists', () => {
  const docs = readFileSync(join(appRoot(), 'docs/cli.md'), 'utf8')
  const listed = /### Health\n([\s\S]*?)\n## /.exec(docs)![1]!
  const text = readFileSync(script, 'utf8')
  const given = [...text.matchAll(/\bfinding (?:CRITICAL|warning) \w+ "?([a-z][a-z-]+)/g)].map(([, name]) => name!)
  const chosen = [...text.matchAll(/\brule=([a-z-]+)|'(slot-[a-z]+)'/g)].map(([, a, b]) => a ?? b!)
  expect(given.length).toBeGreaterThan(20)
  for (const name of [...given, ...chosen]) expect(listed).toContain(`\`${name}\``)
})
