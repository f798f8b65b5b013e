import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { exportKinds, type ExportKind } from '../../../src-main/contract/export.js'
import type { LabInfo } from '../../../src-main/contract/lab.js'
import { services, type Topology } from '../../../src-main/contract/topology.js'
import { annotated } from '../../../src-main/lab/export/annotate.js'
import { asAnsible } from '../../../src-main/lab/export/ansible.js'
import { asCompose } from '../../../src-main/lab/export/compose.js'
import { asConfig } from '../../../src-main/lab/export/config.js'
import { durable } from '../../../src-main/lab/export/durable.js'
import type { ExportSource } from '../../../src-main/lab/export/index.js'
import { withTheSecrets, type ExportedFile } from '../../../src-main/lab/export/tokens.js'
import type { LabPlan } from '../../../src-main/lab/plan.js'
import { withSettings } from '../../../src-main/lab/settings.js'
import { renderHost } from '../../../src-main/lab/render/index.js'
import { planOf, topologyOf, twoRepositories } from './plan-of.js'

const topology = topologyOf({
  ...topologyOf().hosts,
  pool: { address: 16, at: [4, 0], services: ['pgbouncer'] },
})
const plan = planOf(topology)
const source = sourceOf(topology)
const made: Record<ExportKind, ExportedFile[]> = {
  compose: asCompose(source),
  config: asConfig(source),
  ansible: asAnsible(source),
}
const file = (kind: ExportKind, path: string): string => contentOf(made[kind], path)

/** A lab of the topology as it is exported; `more` is what its plan has besides. */
function sourceOf(topology: Topology, more: Partial<LabPlan> = {}): ExportSource {
  const plan = { ...planOf(topology), ...more }
  const hosts = Object.entries(topology.hosts).map(([name, { address, services, at }]) => {
    return { name, address: `${plan.prefix}.${address}`, services, at, endpoints: {} }
  })
  const info = { lab: plan.lab, topology: topology.topology, image: 'pg-ha-dojo/host:0', hosts } as unknown as LabInfo
  return { info, plan }
}
const exported = (as: (source: ExportSource) => ExportedFile[], source: ExportSource, path: string): string =>
  contentOf(as(source), path)

function contentOf(files: readonly ExportedFile[], path: string): string {
  const found = files.find((each) => each.path === path)
  if (!found) throw new Error(`no ${path} among ${files.map((each) => each.path).join(', ')}`)
  return found.content
}

/** Clients know every data host. */
const direct = { client: { readWrite: { host: 'leader', port: 5432 } } }

describe.each(exportKinds)('as %s', (kind) => {
  test('no secret, no certificate and no key is in it', () => {
    for (const { path, content } of made[kind]) {
      expect(content, path).not.toMatch(/secret-of-|cert pg1|key pg1|^CA$/m)
    }
  })

  test('every path is relative, below the folder, and there once', () => {
    const paths = made[kind].map(({ path }) => path)
    expect(paths.filter((path) => path.startsWith('/') || path.split('/').includes('..'))).toEqual([])
    expect(new Set(paths).size).toBe(paths.length)
  })

  test('what renews a certificate is said to who asks for the health of a host, and is no lab', () => {
    const conf = made[kind].find(({ path }) => path.endsWith('pg1/etc/cluster-health.conf'))!
    expect(conf.content).toMatch(/^RENEW='.+'$/m)
    expect(conf.content).not.toMatch(/dojo|fault/)
    expect(conf.content).toContain({ config: 'the authority', compose: 'restart pg1', ansible: 'site.yml' }[kind])
  })

  test('a README says how to start, how to fail over, and what is not carried over', () => {
    expect(file(kind, 'README.md').match(/^## .*/gm)).toEqual(
      expect.arrayContaining(['## Start', '## Fail over', '## What is not carried over']),
    )
  })

  test('asked for, the passwords are in files that only their owner reads', () => {
    const files = withTheSecrets(made[kind], kind, plan.credentials)
    const holding = files.filter(({ content }) => content.includes('secret-of-rewinder'))
    expect(holding.length).toBeGreaterThan(0)
    expect(holding.map(({ mode }) => mode)).toEqual(holding.map(() => 0o600))
  })
})

describe('comments', () => {
  const files = Object.keys(topology.hosts).flatMap((host) => renderHost(plan, host))
  const settings = (path: string, content: string): unknown =>
    /\.ya?ml$/.test(path)
      ? parse(content, { version: '1.1' })
      : content.split('\n').filter((line) => !/^\s*[#;]/.test(line))

  test('change no setting', () => {
    for (const before of files) {
      const after = annotated(before)
      expect(settings(after.path, after.content), before.path).toEqual(settings(before.path, before.content))
    }
  })

  test.each([
    ['/etc/patroni/patroni.yml', /# Seconds that the leader's lease lives[^]*?\n +ttl: 20/],
    ['/etc/patroni/patroni.yml', /# true: a commit is acknowledged[^]*?\n +synchronous_mode: false/],
    ['/etc/pgbackrest/pgbackrest.conf', /# Seconds\. With the default of 60[^]*?\nio-timeout=3/],
    ['/etc/haproxy/haproxy.cfg', /# inter: between checks[^]*?\n +default-server inter 500ms/],
    ['/etc/pgbouncer/pgbouncer.ini', /; With the default of 15 s[^]*?\nserver_login_retry = 1/],
    ['/etc/etcd/etcd.yml', /# Milliseconds of silence[^]*?\nelection-timeout: 1000/],
  ])('%s says why', (path, expected) => {
    expect(annotated(files.find((each) => each.path === path)!).content).toMatch(expected)
  })

  test('a machine that may lose its power syncs its disks, unlike a lab', () => {
    const patroni = files.find(({ path }) => path === '/etc/patroni/patroni.yml')!
    expect(patroni.content.match(/- no-sync/g)).toHaveLength(2)
    expect(durable(patroni).content).not.toContain('no-sync')
    expect(parse(durable(patroni).content).bootstrap.initdb).toContain('data-checksums')
  })
})

describe('config', () => {
  test("a standby's postgresql.conf has the cluster's parameters and its own", () => {
    const lines = file('config', 'pg2/postgresql.conf').split('\n')
    expect(lines).toEqual(
      expect.arrayContaining(["wal_level = 'replica'", "archive_mode = 'on'", "log_directory = '/var/log/postgresql'"]),
    )
  })
})

describe('compose', () => {
  interface Compose {
    services: Record<string, { networks: object; extra_hosts: string[]; volumes: string[]; ports?: string[] }>
    volumes: object
  }
  const { services, volumes } = parse(file('compose', 'docker-compose.yml')) as Compose

  test('every host has its address, and knows every other by name', () => {
    expect(services['pg2']).toMatchObject({ networks: { cluster: { ipv4_address: '${PREFIX}.12' } } })
    expect(services['pg2']!.extra_hosts).toContain('witness:${PREFIX}.13')
    expect(Object.keys(services)).toEqual(Object.keys(topology.hosts))
  })

  test('data, votes and backups outlive their containers', () => {
    expect(Object.keys(volumes)).toEqual([
      'pg1-var-lib-postgresql',
      'pg1-var-lib-etcd',
      'pg2-var-lib-postgresql',
      'pg2-var-lib-etcd',
      'witness-var-lib-etcd',
      'backup-var-lib-pgbackrest',
    ])
  })

  test("cron's backups outlive the container too, in another volume than the data", () => {
    const hosts = { node1: { address: 11, at: [0, 0], services: ['patroni', 'cron', 'etcd'] } }
    const { services } = parse(
      exported(asCompose, sourceOf(topologyOf(hosts, direct)), 'docker-compose.yml'),
    ) as Compose
    expect(services['node1']!.volumes).toEqual(
      expect.arrayContaining([
        'node1-var-lib-postgresql:/var/lib/postgresql',
        'node1-var-backups-postgresql:/var/backups/postgresql',
      ]),
    )
  })

  test('clients reach the proxy and the pool on this machine only; .env names every variable', () => {
    expect(services['proxy']!.ports).toContain('127.0.0.1:${PORT_PROXY_5000}:5000')
    expect(services['pg1']!.ports).toBeUndefined()
    const used = file('compose', 'docker-compose.yml').match(/\$\{\w+\}/g)!
    const named = file('compose', '.env').match(/^\w+(?==)/gm)!
    expect([...new Set(used)].toSorted()).toEqual(named.map((name) => `\${${name}}`).toSorted())
  })

  test("its README names the ports that .env publishes: every data host's where no proxy stands in front", () => {
    const data = { services: ['patroni', 'etcd'] }
    const hosts = { pg1: { address: 11, at: [0, 0], ...data }, pg2: { address: 12, at: [0, 1], ...data } }
    const without = sourceOf(topologyOf(hosts, { ...direct, fixedPorts: { postgres: 5532 } }))
    expect(exported(asCompose, without, '.env')).toContain('PORT_PG1_5432=5532\nPORT_PG2_5432=5533\n')
    expect(exported(asCompose, without, 'README.md')).toContain(
      'psql "host=127.0.0.1,127.0.0.1 port=5532,5533 user=app dbname=app target_session_attrs=read-write"',
    )
    const moved = sourceOf({ ...topology, fixedPorts: { proxyWrite: 5600 } })
    expect(exported(asCompose, moved, '.env')).toContain('PORT_PROXY_5000=5600\n')
    expect(exported(asCompose, moved, 'README.md')).toContain('Clients write to 127.0.0.1:5600 as `app`')
  })

  test('a host gets every file that it is configured by, and the start script fills in every token', () => {
    const listed = file('compose', 'hosts/pg1/manifest').trim().split('\n')
    expect(listed).toContain('600 postgres /etc/patroni/patroni.yml')
    expect(listed).toHaveLength(renderHost(plan, 'pg1').length)
    const known = new Set(['@prefix@', '@ca.crt@', '@host.crt@', '@host.key@'])
    for (const name of file('compose', 'hosts/secrets').trim().split('\n')) known.add(`@${name}_password@`)
    const tokens = made.compose
      .filter(({ path }) => path.startsWith('hosts/'))
      .flatMap(({ content }) => content.match(/@[\w.]+@/g) ?? [])
    expect(tokens.length).toBeGreaterThan(0)
    expect(tokens.filter((token) => !known.has(token))).toEqual([])
  })

  test('the image can be built from it', () => {
    expect(file('compose', 'image/Dockerfile')).toContain('FROM debian:trixie-slim')
    expect(made.compose.find(({ path }) => path === 'image/rootfs/usr/local/lib/dojo/boot')?.mode).toBe(0o755)
    expect(file('compose', 'image/base/make-base.sh')).toContain('debootstrap')
  })
})

describe('ansible', () => {
  test('every service has its group, and every host its files, packages and services', () => {
    const { all } = parse(file('ansible', 'inventory.yml'))
    expect(Object.keys(all.children.etcd_hosts.hosts)).toEqual(['pg1', 'pg2', 'witness'])
    expect(Object.keys(all.children.repository_hosts.hosts)).toEqual(['backup'])
    const pg2 = parse(file('ansible', 'host_vars/pg2.yml'))
    expect(pg2.packages).toContain('postgresql-17')
    expect(pg2.files).toContainEqual({
      path: '/etc/patroni/patroni.yml',
      owner: 'postgres',
      mode: '0600',
      service: 'patroni',
    })
    for (const { path } of pg2.files) expect(file('ansible', `hosts/pg2${path}`)).not.toBe('')
  })

  test('a host without PostgreSQL gets no file that only its user may read', () => {
    const files = parse(file('ansible', 'host_vars/witness.yml')).files as { owner: string; path: string }[]
    expect(files.map(({ owner }) => owner)).toEqual(['etcd', 'root'])
    expect(files.at(-1)!.path).toBe('/etc/cluster-health.conf')
  })

  test('a site that follows another one is waited for until it has a leader of its kind', () => {
    const tasks = parse(file('ansible', 'roles/service/tasks/main.yml')) as { name: string; until?: string }[]
    const until = tasks.find(({ name }) => name.startsWith('There is a leader'))!.until!
    expect(until).toContain("selectattr('Role', 'in', ['Leader', 'Standby Leader'])")
  })

  describe('of hosts that cron backs up', () => {
    const hosts = { node1: { address: 11, at: [0, 0], services: ['patroni', 'cron', 'etcd'] } }
    const settings = { postgresql: { archive_mode: 'always', archive_command: '/usr/local/bin/archive-wal %p %f' } }
    const backedUp = sourceOf(topologyOf(hosts, { ...direct, settings }))
    const files = asAnsible(backedUp)
    const { packages, folders, scripts, files: installed } = parse(contentOf(files, 'host_vars/node1.yml'))

    test('every script that its configuration calls is installed, with what it needs', () => {
      const called = files
        .filter(({ path }) => path.startsWith('hosts/node1/'))
        .flatMap(({ content }) => content.match(/\/usr\/local\/(?:bin|lib\/dojo)\/[\w-]+|\bbase-backup(?= >>)/g) ?? [])
      const names = [...new Set(called.map((path) => path.split('/').at(-1)))]
      expect(names).toEqual(expect.arrayContaining(['archive-wal', 'base-backup', 'post-bootstrap']))
      expect(scripts.map((path: string) => path.split('/').at(-1))).toEqual(expect.arrayContaining(names))
      for (const name of names) expect(contentOf(files, `scripts/${name}`)).toMatch(/^#!/)
      expect(packages).toEqual(expect.arrayContaining(['cron', 'curl']))
      expect(folders).toContainEqual({ path: '/var/backups/postgresql', owner: 'postgres', mode: '0700' })
    })

    test('the job comes with the play of cron, once there is a cluster', () => {
      expect(installed).toContainEqual({
        path: '/etc/cron.d/base-backup',
        owner: 'root',
        mode: '0644',
        service: 'cron',
      })
      const plays = parse(contentOf(files, 'site.yml')) as { hosts: string; roles?: { service: string }[] }[]
      const order = plays.map(({ hosts: of }) => of)
      expect(order.indexOf('cron_hosts')).toBeGreaterThan(order.indexOf('patroni_hosts'))
      expect(Object.keys(parse(contentOf(files, 'roles/service/vars/main.yml')).commands)).toContain('cron')
    })

    test('its README tells how to restore, and it has what that takes', () => {
      expect(contentOf(files, 'README.md')).toMatch(
        /restore-standalone --time[^]*restore-cluster --time[^]*## What is not carried over/,
      )
      expect(contentOf(files, 'scripts/restore-cluster')).toContain('. /usr/local/lib/dojo/restore')
      expect(contentOf(files, 'scripts/restore')).toContain('. /usr/local/lib/dojo/patroni-here')
      // the playbook's own: that of a lab would be put back by every run
      expect(scripts).not.toContain('/usr/local/lib/dojo/patroni-here')
      const [words, machines] = [
        contentOf(asConfig(backedUp), 'scripts/patroni-here'),
        contentOf(files, 'roles/restore/templates/patroni-here.j2'),
      ].map((text) => text.match(/^\w+(?==)/gm))
      expect(machines).toEqual(words)
      expect(file('ansible', 'README.md')).not.toContain('restore-')
    })

    test('as folders they have the scripts as well', () => {
      expect(exported(asConfig, backedUp, 'scripts/archive-wal')).toMatch(/^#!/)
    })
  })

  describe('of two repositories with a schedule', () => {
    const source = sourceOf(withSettings(twoRepositories(), ['backup.full_at=0 3 * * 0']))
    const files = asAnsible(source)

    test('both have a first backup, what cron runs, and a place that outlives the host', () => {
      const { all } = parse(contentOf(files, 'inventory.yml'))
      expect(Object.keys(all.children.repository_hosts.hosts)).toEqual(['backup1', 'backup2'])
      for (const host of ['backup1', 'backup2']) {
        const { scripts, packages, files: installed } = parse(contentOf(files, `host_vars/${host}.yml`))
        expect(scripts).toEqual(['/usr/local/lib/dojo/first-backup', '/usr/local/bin/scheduled-backup'])
        expect(packages).toEqual(expect.arrayContaining(['cron', 'jq']))
        expect(installed).toContainEqual(expect.objectContaining({ path: '/etc/cron.d/pgbackrest', service: 'cron' }))
      }
      const { services, volumes } = parse(exported(asCompose, source, 'docker-compose.yml'))
      expect(services.backup2.environment).toMatchObject({ PGBACKREST_REPO: '2', FIRST_BACKUP: 'wanted' })
      expect(Object.keys(volumes)).toEqual(
        expect.arrayContaining(['backup1-var-lib-pgbackrest', 'backup2-var-lib-pgbackrest']),
      )
      expect(Object.keys(volumes).join()).not.toContain('backup2-var-backups')
      expect(exported(asConfig, source, 'scripts/scheduled-backup')).toMatch(/^#!/)
    })

    test('every README says when cron backs up, and none that it is left out', () => {
      for (const as of [asCompose, asConfig, asAnsible]) {
        const text = exported(as, source, 'README.md')
        expect(text).toContain(
          'Cron makes backups on backup1 and backup2 (/etc/cron.d/pgbackrest): full at `0 3 * * 0`',
        )
        expect(text).not.toContain('Schedules of backups')
      }
      expect(exported(asCompose, sourceOf(twoRepositories()), 'README.md')).toContain('Schedules of backups')
    })
  })

  test('every service of a topology has a play and a command; as folders its README says what is not there', () => {
    const more = {
      monitor: { address: 17, at: [4, 1], services: ['prometheus'] },
      more: { address: 18, at: [4, 2], services: ['patroni', 'postgres-exporter'] },
    }
    const measured = sourceOf(topologyOf({ ...topology.hosts, ...more }))
    const files = asAnsible(measured)
    const { all } = parse(contentOf(files, 'inventory.yml'))
    expect(Object.keys(all.children.postgres_exporter_hosts.hosts)).toEqual(['more'])
    const plays = parse(contentOf(files, 'site.yml')) as { hosts: string; roles?: { service?: string }[] }[]
    const played = plays.flatMap(({ hosts, roles = [] }) =>
      roles.flatMap(({ service }) => (service === undefined ? [] : [[service, hosts]])),
    )
    const { commands } = parse(contentOf(files, 'roles/service/vars/main.yml'))
    expect(Object.fromEntries(played)).toEqual(
      Object.fromEntries(services.map((service) => [service, `${service.replace('-', '_')}_hosts`])),
    )
    expect(Object.keys(commands).toSorted()).toEqual(services.toSorted())
    // a host may be called etcd
    expect(Object.keys(all.children).filter((name) => !name.includes('_'))).toEqual([])
    expect(Object.keys(all.children)).toEqual(
      expect.arrayContaining(plays.slice(2).flatMap(({ hosts }) => hosts.split(':&'))),
    )
    expect(exported(asConfig, measured, 'README.md')).toContain('The command lines of prometheus, postgres-exporter:')
    expect(exported(asCompose, measured, 'docker-compose.yml')).toContain('127.0.0.1:${PORT_MONITOR_9090}:9090')
  })

  test('templates use no variable that nobody sets', () => {
    const known = new Set([...Object.keys(parse(file('ansible', 'group_vars/all.yml'))), 'lookup'])
    const used = made.ansible
      .filter(({ path }) => path.startsWith('hosts/'))
      .flatMap(({ content }) => [...content.matchAll(/\{\{ (\w+)/g)].map(([, name]) => name!))
    expect(used).toContain('network')
    expect(used.filter((name) => !known.has(name))).toEqual([])
  })
})
