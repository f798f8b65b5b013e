import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { HostFile } from '../../../src-main/docker/archive.js'
import { clientHostsOf, type LabPlan } from '../../../src-main/lab/plan.js'
import { renderEnvironment, renderHost } from '../../../src-main/lab/render/index.js'
import { withSettings } from '../../../src-main/lab/settings.js'
import type { Settings, Topology } from '../../../src-main/contract/topology.js'
import { loadTopology } from '../../../src-main/lab/topology-file.js'
import { planOf, topologyOf, twoRepositories } from './plan-of.js'

const file = (files: HostFile[], path: string): HostFile => {
  const found = files.find((entry) => entry.path === path)
  if (!found) throw new Error(`no ${path} among ${files.map((entry) => entry.path).join(', ')}`)
  return found
}
const rendered = (host: string, path: string, plan = planOf()): string => file(renderHost(plan, host), path).content
const withThird = topologyOf({
  ...topologyOf().hosts,
  pg3: { address: 16, at: [0, 2], services: ['etcd', 'patroni', 'pgbackrest'] },
})

describe('etcd', () => {
  test('every member knows every member, by name', () => {
    const config = parse(rendered('witness', '/etc/etcd/etcd.yml')) as Record<string, unknown>
    expect(config).toMatchObject({
      name: 'witness',
      'initial-cluster': 'pg1=http://pg1:2380,pg2=http://pg2:2380,witness=http://witness:2380',
      'advertise-client-urls': 'http://witness:2379',
      'heartbeat-interval': 200,
      'election-timeout': 1000,
      'enable-grpc-gateway': true,
    })
  })
})

describe('pgbackrest', () => {
  const changed = (backup: Partial<Settings['backup']>) => {
    const plan = planOf()
    Object.assign(plan.settings.backup, backup)
    plan.credentials.repository = { password: 'secret-of-repository' }
    return plan
  }
  const conf = (host: string, plan = planOf()) => rendered(host, '/etc/pgbackrest/pgbackrest.conf', plan)

  test('the key of an encrypted repository is on the repository host alone', () => {
    const plan = changed({ encrypted: true })
    expect(conf('backup', plan)).toContain('repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=secret-of-repository\n')
    expect(rendered('backup', '/etc/pgbackrest/spare.conf', plan)).toContain('repo1-cipher-pass=secret-of-repository')
    expect(conf('pg1', plan)).not.toContain('cipher')
    expect(conf('backup')).not.toContain('cipher')
  })

  test('a restore on the repository host knows no other host, and archives nothing', () => {
    const spare = rendered('backup', '/etc/pgbackrest/spare.conf')
    expect(spare).toContain('pg1-path=/var/lib/postgresql/17/main')
    expect(spare).not.toMatch(/pg\d-host|archive/)
    expect(renderHost(planOf(), 'pg1').map(({ path }) => path)).not.toContain('/etc/pgbackrest/spare.conf')
  })

  test('retention and archiving in batches are settings of a lab', () => {
    const plan = changed({ keep_full: 5, archive_async: true })
    expect(conf('backup', plan)).toContain('repo1-retention-full=5')
    expect(conf('pg1', plan)).toContain('archive-async=y\nspool-path=/var/spool/pgbackrest\n')
    expect(conf('pg1')).not.toContain('archive-async')
  })

  test('new replicas come from the repository when asked, and from the leader where that fails', () => {
    const methods = (plan = planOf()) =>
      (parse(rendered('pg2', '/etc/patroni/patroni.yml', plan)) as { postgresql: Record<string, unknown> }).postgresql
    expect(methods()['create_replica_methods']).toEqual(['basebackup'])
    const postgresql = methods(changed({ replicas_from_backup: true }))
    expect(postgresql['create_replica_methods']).toEqual(['pgbackrest', 'basebackup'])
    expect(postgresql['pgbackrest']).toMatchObject({ keep_data: true, no_params: true, no_leader: true })
  })

  test('a replica from the repository keeps its WAL on the disk that its host has for it', async () => {
    const command = (plan: LabPlan): string => {
      plan.settings.backup.replicas_from_backup = true
      return parse(rendered('pg2', '/etc/patroni/patroni.yml', plan)).postgresql.pgbackrest.command
    }
    expect(command(planOf(await loadTopology('pair-small-disks')))).toMatch(/ --link-all .*restore$/)
    expect(command(planOf())).not.toContain('--link-all')
  })
})

describe('patroni', () => {
  const config = (host: string, plan = planOf()) =>
    parse(rendered(host, '/etc/patroni/patroni.yml', plan), { version: '1.1' }) as Record<string, any> // eslint-disable-line typescript/no-explicit-any

  test('only the first host may make the cluster, so that it is always the first leader', () => {
    expect(config('pg1')['bootstrap']).toBeDefined()
    expect(config('pg2')['bootstrap']).toBeUndefined()
  })

  test('a setting of the topology reaches the dynamic configuration without a line of code', () => {
    const plan = planOf()
    plan.settings.patroni.ttl = 31
    plan.settings.postgresql['work_mem'] = '8MB'
    const { dcs } = config('pg1', plan)['bootstrap']
    expect(dcs).toMatchObject({ ttl: 31, postgresql: { parameters: { work_mem: '8MB' }, use_pg_rewind: true } })
  })

  test("a lab's setting wins over a host's own parameter, which Patroni would prefer", () => {
    const plan = planOf()
    expect(config('pg1', plan)['postgresql'].parameters).toHaveProperty('log_line_prefix')
    plan.settings.postgresql['log_line_prefix'] = '%m '
    expect(config('pg1', plan)['postgresql'].parameters).not.toHaveProperty('log_line_prefix')
    expect(config('pg1', plan)['bootstrap'].dcs.postgresql.parameters['log_line_prefix']).toBe('%m ')
  })

  test('whatever changes something over REST asks for a password', () => {
    expect(config('pg2')['restapi'].authentication).toEqual({ username: 'patroni', password: 'secret-of-patroni' })
  })

  test('replication is let in from the lab and from the host itself', () => {
    const hba = config('pg1')['bootstrap'].dcs.postgresql.pg_hba as string[]
    expect(hba).toContain('host replication replicator 10.77.9.0/24 scram-sha-256')
    expect(hba).toContain('host replication replicator 127.0.0.1/32 scram-sha-256')
    expect(hba.join('\n')).not.toMatch(/trust|0\.0\.0\.0/)
    expect(config('pg1')['postgresql'], "a host's own would win over edit-config").not.toHaveProperty('pg_hba')
  })

  test("a word of PostgreSQL's that YAML takes for a boolean stays a word", () => {
    expect(rendered('pg1', '/etc/patroni/patroni.yml')).toContain('archive_mode: "on"')
  })

  test('WAL goes to the disk of the host that has one for it, whoever makes its data', () => {
    const { pg1, ...others } = topologyOf().hosts
    const plan = planOf(topologyOf({ pg1: { ...pg1, disk: '256Mi', walDisk: '256Mi' }, ...others }))
    const waldir = { waldir: '/var/lib/postgresql/wal/main' }
    const one = config('pg1', plan)
    expect(one['bootstrap'].initdb).toContainEqual(waldir)
    expect(one['postgresql'].basebackup).toContainEqual(waldir)
    expect(JSON.stringify(config('pg2', plan))).not.toContain('waldir')
  })

  test('a topology without a repository archives nothing', () => {
    const { backup: _, ...hosts } = topologyOf().hosts
    const { dcs } = config('pg1', planOf(topologyOf(hosts)))['bootstrap']
    expect(dcs.postgresql.parameters).not.toHaveProperty('archive_mode')
  })

  test('passwords are readable by their user only', () => {
    const secret = renderHost(planOf(), 'pg1').filter(({ content }) => content.includes('secret-of-'))
    expect(secret.length).toBeGreaterThan(3)
    expect(secret.filter(({ mode }) => mode & 0o077)).toEqual([])
  })

  test('a quote in a password stays inside its literal', () => {
    const plan = planOf()
    plan.credentials.app.password = "it's"
    expect(rendered('pg1', '/etc/patroni/role.sql', plan)).toBe("CREATE ROLE app LOGIN PASSWORD 'it''s';\n")
  })
})

describe('pgbackrest', () => {
  const conf = '/etc/pgbackrest/pgbackrest.conf'

  test('the repository lets every database host in, and reaches each by a number', () => {
    const text = rendered('backup', conf, planOf(withThird))
    for (const host of ['pg1', 'pg2', 'pg3']) expect(text).toContain(`tls-server-auth=${host}=main\n`)
    expect(text).toContain('pg3-host=pg3\n')
    expect(text).toContain('pg3-host-type=tls\n')
    expect(text).not.toContain('repo1-host=')
  })

  test('a database host knows the repository and lets only that in', () => {
    const text = rendered('pg2', conf)
    expect(text).toContain('repo1-host=backup\n')
    expect(text.match(/tls-server-auth=/g)).toHaveLength(1)
    expect(text).toContain('io-timeout=3\n')
  })

  test('each host gets its own key, and nobody else may read it', () => {
    const key = file(renderHost(planOf(), 'pg2'), '/etc/pgbackrest/tls/host.key')
    expect(key).toMatchObject({ content: 'key pg2', mode: 0o600, owner: 'postgres' })
  })
})

describe('two repositories', () => {
  const conf = '/etc/pgbackrest/pgbackrest.conf'
  const settings = { backup: { encrypted: true, replicas_from_backup: true } }
  const withKey = (topology: Topology): LabPlan => {
    const plan = planOf(topology)
    plan.credentials.repository = { password: 'secret-of-repository' }
    return plan
  }
  const patroniOf = (plan: LabPlan) =>
    parse(rendered('pg2', '/etc/patroni/patroni.yml', plan)) as {
      postgresql: Record<'pgbackrest' | 'pgbackrest_backup2', { command: string }> & {
        create_replica_methods: string[]
      }
    }
  const plan = withKey(twoRepositories({ settings }))

  test('a data host sends to both, and lets both in', () => {
    const text = rendered('pg1', conf, plan)
    expect(text).toContain('repo1-host=backup1\n')
    expect(text).toContain('repo2-host=backup2\nrepo2-host-type=tls\n')
    expect(text.match(/^tls-server-auth=.*$/gm)).toEqual([
      'tls-server-auth=backup1=main',
      'tls-server-auth=backup2=main',
    ])
  })

  test('each keeps its own, by the number that data hosts know it by, in every file', () => {
    for (const path of [conf, '/etc/pgbackrest/spare.conf']) {
      expect(rendered('backup2', path, plan)).toMatch(
        /^repo2-path=.*\nrepo2-retention-full=2\nrepo2-cipher-type=aes-256-cbc\nrepo2-cipher-pass=/m,
      )
      expect(rendered('backup2', path, plan)).not.toContain('repo1-')
      expect(rendered('backup1', path, plan)).not.toContain('repo2-')
    }
  })

  test('a bare pgbackrest on the second means the only one that is there', () => {
    expect(renderEnvironment(plan, 'backup2')).toMatchObject({ PGBACKREST_REPO: '2' })
    for (const host of ['backup1', 'pg1']) expect(renderEnvironment(plan, host)).not.toHaveProperty('PGBACKREST_REPO')
  })

  test('a replica comes from either, and from the leader when neither can be reached', () => {
    const { postgresql } = patroniOf(plan)
    expect(postgresql.create_replica_methods).toEqual(['pgbackrest', 'pgbackrest_backup2', 'basebackup'])
    expect(postgresql.pgbackrest.command).toContain(' --repo=1 ')
    expect(postgresql.pgbackrest_backup2.command).toContain(' --repo=2 ')
    const one = patroniOf(withKey(topologyOf(undefined, { settings }))).postgresql
    expect(one.create_replica_methods).toEqual(['pgbackrest', 'basebackup'])
    expect(one.pgbackrest.command).toBe('pgbackrest --stanza=main --delta --type=standby restore')
  })
})

describe('haproxy', () => {
  test('a host that is added becomes a server of both addresses', () => {
    const text = rendered('proxy', '/etc/haproxy/haproxy.cfg', planOf(withThird))
    expect(text.match(/^ {2}server pg3 pg3:5432 check port 8008$/gm)).toHaveLength(2)
  })
})

describe('pgbouncer', () => {
  const pooled = (services: string[]) =>
    planOf(topologyOf({ ...topologyOf().hosts, pool: { address: 20, at: [4, 0], services } }))

  test('goes to the proxy, on its own host or on another', () => {
    expect(rendered('pool', '/etc/pgbouncer/pgbouncer.ini', pooled(['pgbouncer']))).toContain(
      '* = host=proxy port=5000',
    )
    const same = rendered('pool', '/etc/pgbouncer/pgbouncer.ini', pooled(['haproxy', 'pgbouncer']))
    expect(same).toContain('* = host=127.0.0.1 port=5000')
  })

  test('of two proxies it uses both, and does not wait long for one that is gone', () => {
    const topology = topologyOf({
      ...topologyOf().hosts,
      proxy2: { address: 21, at: [3, 1], services: ['haproxy'] },
      pool: { address: 20, at: [4, 0], services: ['pgbouncer'] },
    })
    const text = rendered('pool', '/etc/pgbouncer/pgbouncer.ini', planOf(topology))
    expect(text).toContain('* = host=proxy,proxy2 port=5000\n')
    expect(text).toContain('server_connect_timeout = 2\n')
  })
})

describe('cron', () => {
  const withCron = (cron: object) =>
    planOf(
      topologyOf(
        { ...topologyOf().hosts, pg1: { address: 11, at: [0, 0], services: ['etcd', 'patroni', 'cron'] } },
        {
          settings: { cron },
        },
      ),
    )

  test.each([
    [30, '*/30 * * * * '],
    [1, '* * * * * '],
    [60, '0 * * * * '],
  ])('a backup every %i minutes, as postgres, and it says what it did', (every, when) => {
    const line = rendered('pg1', '/etc/cron.d/base-backup', withCron({ every })).split('\n').at(-2)
    expect(line).toBe(`${when}postgres base-backup >> /var/log/cron/base-backup.log 2>&1`)
  })

  test('the scripts know how many to keep, and who belongs to the cluster', () => {
    const text = rendered('pg1', '/etc/base-backup.conf', withCron({ keep: 5 }))
    expect(text).toContain("keep=5\nme=pg1\nscope=pair\nmembers='pg1 pg2'\n")
  })

  test.each([0, 7, 90])('%i minutes can not be said to cron', (every) => {
    expect(() => withCron({ every })).toThrow(/divides an hour/)
  })
})

describe('a schedule', () => {
  const path = '/etc/cron.d/pgbackrest'
  const set = ['backup.full_at=0 3 * * 0', 'backup.incr_at=*/15 * * * *']
  const plan = planOf(withSettings(twoRepositories(), set))

  test('is kept by cron on each host that keeps backups, for its own repository', () => {
    expect(rendered('backup2', path, plan).match(/^[^#].*$/gm)).toEqual([
      'SHELL=/bin/sh',
      'PATH=/usr/local/bin:/usr/bin:/bin',
      'PGBACKREST_STANZA=main',
      'PGBACKREST_REPO=2',
      '0 3 * * 0 postgres scheduled-backup full >> /var/log/cron/pgbackrest.log 2>&1',
      '*/15 * * * * postgres scheduled-backup incr >> /var/log/cron/pgbackrest.log 2>&1',
    ])
    expect(rendered('backup1', path, plan)).toContain('PGBACKREST_REPO=1\n')
    expect(renderEnvironment(plan, 'backup1')['HOST_SERVICES']).toBe('pgbackrest cron')
    expect(renderHost(plan, 'pg1').some((one) => one.path === path)).toBe(false)
  })
})

describe('prometheus', () => {
  test('asks everybody who has figures, by the name of the host', () => {
    const topology = topologyOf({
      ...topologyOf().hosts,
      pg1: { address: 11, at: [0, 0], services: ['etcd', 'patroni', 'postgres-exporter'] },
      monitor: { address: 20, at: [4, 0], services: ['prometheus'] },
    })
    const { scrape_configs: jobs } = parse(rendered('monitor', '/etc/prometheus/prometheus.yml', planOf(topology))) as {
      scrape_configs: { job_name: string; static_configs: object[] }[]
    }
    expect(Object.fromEntries(jobs.map((job) => [job.job_name, job.static_configs]))).toMatchObject({
      postgres: [{ targets: ['pg1:9187'], labels: { host: 'pg1' } }],
      patroni: [{ targets: ['pg1:8008'] }, { targets: ['pg2:8008'] }],
      etcd: [{ targets: ['pg1:2379'] }, {}, { targets: ['witness:2379'], labels: { host: 'witness' } }],
      haproxy: [{ targets: ['proxy:7000'] }],
    })
    expect(rendered('proxy', '/etc/haproxy/haproxy.cfg', planOf(topology))).toContain(
      'use-service prometheus-exporter if { path /metrics }',
    )
  })
})

describe('data that is loaded at birth', () => {
  test('clients find the database once everything is in it', () => {
    const sql = rendered('pg1', '/etc/patroni/database.sql', { ...planOf(), load: 'CREATE TABLE t ();\n' })
    const steps = [
      'CREATE DATABASE app_loading OWNER app',
      'SET ROLE app',
      '\nBEGIN;',
      'CREATE TABLE t',
      'COMMIT',
      'RENAME TO app;',
    ]
    const at = steps.map((step) => sql.indexOf(step))
    expect(at).toEqual(at.toSorted((a, b) => a - b))
    expect(at[0]).toBeGreaterThan(0)
  })
})

describe('environment', () => {
  test('bare psql is the superuser on a data host, and a client on the client route elsewhere', () => {
    const plan = planOf()
    expect(renderEnvironment(plan, 'pg1')).toMatchObject({ PGUSER: 'postgres', PGDATABASE: 'app' })
    expect(renderEnvironment(plan, 'pg1')).not.toHaveProperty('PGHOST')
    expect(renderEnvironment(plan, 'witness')).toMatchObject({ PGUSER: 'app', PGHOST: 'proxy', PGPORT: '5000' })
  })

  test('without a proxy, bare psql looks for the leader among the data hosts', () => {
    const plan = planOf(topologyOf(undefined, { client: { readWrite: { host: 'leader', port: 5432 } } }))
    expect(renderEnvironment(plan, 'witness')).toMatchObject({
      PGHOST: 'pg1,pg2',
      PGPORT: '5432',
      PGTARGETSESSIONATTRS: 'read-write',
    })
    expect(clientHostsOf(plan.topology)).toEqual(['witness', 'backup', 'proxy', 'pg1', 'pg2'])
    expect(clientHostsOf(planOf().topology)).toEqual(['proxy'])
  })

  test("a host's own etcd member comes first", () => {
    expect(renderEnvironment(planOf(), 'pg2')['ETCDCTL_ENDPOINTS']).toBe(
      'http://pg2:2379,http://pg1:2379,http://witness:2379',
    )
  })

  test('no password is in the environment', () => {
    for (const host of Object.keys(topologyOf().hosts)) {
      expect(JSON.stringify(renderEnvironment(planOf(), host))).not.toContain('secret-of-')
    }
  })
})

describe('another site', () => {
  const data = ['patroni']
  const plan = planOf(
    topologyOf(
      {
        pg1: { address: 11, at: [0, 0], services: data },
        pg2: { address: 12, at: [0, 1], services: data },
        etcd: { address: 13, at: [1, 0], services: ['etcd'] },
        far1: { address: 21, at: [2, 0], services: data, site: 'far' },
        far2: { address: 22, at: [2, 1], services: data, site: 'far' },
        'far-etcd': { address: 23, at: [3, 0], services: ['etcd'], site: 'far' },
      },
      { client: { readWrite: { host: 'leader', port: 5432 } } },
    ),
  )
  const patroni = (host: string) => parse(rendered(host, '/etc/patroni/patroni.yml', plan)) as Record<string, unknown>

  test('has a scope and an etcd of its own', () => {
    expect(patroni('far2')).toMatchObject({ scope: 'pair-far', etcd3: { hosts: ['far-etcd:2379'] } })
    expect(patroni('pg2')).toMatchObject({ scope: 'pair', etcd3: { hosts: ['etcd:2379'] } })
    expect(parse(rendered('far-etcd', '/etc/etcd/etcd.yml', plan))).toMatchObject({
      'initial-cluster': 'far-etcd=http://far-etcd:2380',
      'initial-cluster-token': 'test-1-far',
    })
    expect(renderEnvironment(plan, 'far1')['ETCDCTL_ENDPOINTS']).toBe('http://far-etcd:2379')
  })

  test('begins as a standby cluster of whoever leads in the main one, and makes no database', () => {
    const { bootstrap } = patroni('far1') as { bootstrap: { dcs: object } }
    const standby_cluster = { host: 'pg1,pg2', port: 5432, primary_slot_name: 'far' }
    expect(bootstrap.dcs).toMatchObject({ standby_cluster, ttl: 20 })
    expect(bootstrap.dcs).not.toHaveProperty('slots')
    expect(patroni('pg1')).toMatchObject({ bootstrap: { dcs: { slots: { far: { type: 'physical' } } } } })
    expect(bootstrap).not.toHaveProperty('initdb')
    expect(patroni('far2')).not.toHaveProperty('bootstrap')
    expect(patroni('pg1')).not.toHaveProperty('bootstrap.dcs.standby_cluster')
    expect(renderHost(plan, 'far1').map(({ path }) => path)).not.toContain('/etc/patroni/role.sql')
  })
})
