import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderHost } from '../../../src-main/lab/render/index.js'
import { appRoot } from '../../../src-main/util/app-root.js'
import { planOf, topologyOf } from './plan-of.js'

const script = join(appRoot(), 'docker/rootfs/usr/local/bin/cluster-health')

test('every host is told who belongs to the cluster, without a secret', () => {
  for (const host of ['pg1', 'proxy']) {
    const file = renderHost(planOf(), host).find(({ path }) => path === '/etc/cluster-health.conf')!
    expect(file.mode).toBe(0o644)
    expect(file.content).toBe(`# Who belongs to this cluster. Read by cluster-health.
SCOPE=pair
DATA_HOSTS="pg1 pg2"
ETCD_HOSTS="pg1 pg2 witness"
PROXY_HOSTS="proxy"
PGBOUNCER_HOSTS=""
REPOSITORIES="backup"
STANZA=main
RENEW='dojo heal test-1, where the fault expired-certificate made it so'
`)
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
  const env = { ...process.env, CLUSTER_HEALTH_CONF: '/nowhere' }
  const { status, stderr } = spawnSync('sh', [script], { env, encoding: 'utf8' })
  expect(stderr).toContain("/nowhere can't be read")
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
