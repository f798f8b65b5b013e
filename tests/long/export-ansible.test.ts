import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineFacts } from '../../src-main/docker/engine-facts.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { sweepHome } from '../../src-main/docker/sweep.js'
import { exportLab } from '../../src-main/lab/export/index.js'
import { hostsWith } from '../../src-main/lab/plan.js'
import { hostsOf, prepareLab } from '../../src-main/lab/prepare.js'
import { changeState, labDir } from '../../src-main/lab/store.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { writeFolder } from '../../src-main/util/write-folder.js'
import { freePrefix } from '../support/compose.js'
import { testHome, type TestHome } from '../support/lab.js'
import { machineMoulds, startMachines, type Machines, type Moulds } from '../support/machines.js'

let owner: TestHome
let moulds: Moulds

beforeAll(async () => {
  owner = await testHome()
  moulds = await machineMoulds({ homeId: owner.home.id, lab: 'moulds' })
}, 900_000)

afterAll(async () => {
  if (owner) await sweepHome(owner.home.id)
  await moulds?.forget()
  await owner?.[Symbol.asyncDispose]()
}, 180_000)

/** An export on machines of its own, and what is asked of them. */
interface Applied {
  hosts: string[]
  dataHosts: string[]
  on: Machines['on']
  /** As the superuser, on a data host. */
  psql: (host: string, sql: string) => Promise<string>
  until: (what: string, read: () => Promise<string>, holds: (said: string) => boolean) => Promise<string>
  /** Runs the playbook; what it counted, by host. */
  apply: () => Promise<Record<string, Record<string, number>>>
}

const asPostgres = (command: string): string => `runuser -u postgres -- ${command}`

async function onMachines(topology: string): Promise<Applied> {
  const { home } = owner
  const lab = `on-machines-${topology}`
  const folder = join(await mkdtemp(join(tmpdir(), 'dojo-ansible-')), 'cluster')
  const { tag } = await ensureHostImage()
  const prefix = await freePrefix()
  const { info } = await prepareLab(home, { topology, name: lab }, tag, await engineFacts())
  const hosts = hostsOf(info.spec, [], prefix, labDir(home, lab))
  await changeState(home, lab, { state: 'healthy', hosts })
  await writeFolder(folder, (await exportLab(home, lab, 'ansible')).files)
  const addresses = Object.fromEntries(hosts.map(({ name, address }) => [name, address]))
  const { on, put } = await startMachines(moulds, { homeId: home.id, lab }, prefix, addresses)
  await put(folder, 'controller', '/root/cluster')
  await rm(join(folder, '..'), { recursive: true, force: true })
  await on('controller', '/root/cluster/init.sh')
  return {
    hosts: Object.keys(addresses),
    dataHosts: hostsWith(info.spec, 'patroni'),
    on,
    psql: (host, sql) => on(host, asPostgres(`psql -qAt -d postgres -c "${sql}"`)),
    until: (what, read, holds) =>
      waitFor(read, holds, {
        what,
        withinMs: 120_000,
        everyMs: 500,
        signal: AbortSignal.timeout(130_000),
        describe: String,
      }),
    async apply() {
      const play =
        'cd /root/cluster && ANSIBLE_HOST_KEY_CHECKING=False ansible-playbook site.yml -e ansible_become=false 2>&1'
      const output = await on('controller', play).catch((error: { stdout?: string }) => {
        throw new Error(`ansible-playbook failed: ${error.stdout?.slice(-6000)}`, { cause: error })
      })
      const rows = [...output.matchAll(/^([\w-]+)\s+: (ok=.*)$/gm)]
      return Object.fromEntries(
        rows.map(([, host = '', counts = '']) => [
          host,
          Object.fromEntries([...counts.matchAll(/(\w+)=(\d+)/g)].map(([, what = '', n]) => [what, Number(n)])),
        ]),
      )
    },
  }
}

interface Case {
  topology: string
  /** Who leads, and which standbys with their state of synchronisation, sorted by name. */
  leads: Record<string, RegExp>
  /** What else it is for, once it has been applied. */
  works: (applied: Applied) => Promise<void>
}

/** The address that its clients know takes a write. */
async function clientWrites({ on }: Applied, from: string, at: string): Promise<void> {
  const sql = 'create table if not exists kept as select 1 as n; select n from kept'
  expect(await on(from, asPostgres(`psql -d app -U app ${at} -qAtc "${sql}"`))).toContain('1')
}
const hasFullBackup = async ({ on }: Applied): Promise<void> =>
  expect(await on('backup', asPostgres('pgbackrest --stanza=main info'))).toMatch(/full backup: /)

const cases: readonly Case[] = [
  {
    topology: 'pair-witness',
    leads: { pg1: /^pg2:sync$/ },
    async works(applied) {
      await clientWrites(applied, 'pg1', '-h proxy -p 5000')
      await hasFullBackup(applied)
    },
  },
  {
    topology: 'async-cron',
    leads: { node1: /^secondary-1:async secondary-2:async$/ },
    // the playbook says it, and the README: a table is dropped, and the whole cluster goes back
    async works({ on, psql, until }) {
      expect(await on('node1', asPostgres('base-backup'))).toContain('took base-')
      await psql('node1', 'create table doomed as select 42 as n')
      await psql('node1', 'drop table doomed')
      const segment = await psql('node1', 'select pg_walfile_name(pg_switch_wal())')
      const archived = `/var/backups/postgresql/wal/${segment}.gz`
      await until(
        `${segment} to be archived`,
        () => on('node1', `ls ${archived}`),
        (said) => said === archived,
      )
      const drop = (await on('node1', asPostgres('wal-drops'))).split('\n').at(-1)!
      const moment = await psql('node1', `select timestamptz '${drop.slice(0, 26)} UTC' - interval '1 microsecond'`)
      const restore = asPostgres(`restore-cluster --time '${moment}'`)
      await expect(on('node1', restore)).rejects.toThrow('still runs on secondary-1')
      const others = ['secondary-1', 'secondary-2']
      await Promise.all(others.map((host) => on(host, 'sv -w 60 stop patroni')))
      expect(await on('node1', restore)).toContain('node1 leads what was restored')
      await Promise.all(others.map((host) => on(host, 'sv start patroni')))
      const reinit = 'patronictl -c /etc/patroni/patroni.yml reinit async-cron'
      for (const host of others) {
        await until(
          `${host} to be copied anew`,
          () => on('node1', `echo y | ${asPostgres(`${reinit} ${host} --wait`)} | grep completed`),
          () => true,
        )
        await until(
          `${host} to have the table back`,
          () => psql(host, 'select n from doomed'),
          (n) => n === '42',
        )
      }
    },
  },
  {
    topology: 'two-sites',
    leads: {
      patroni1: /^patroni2:async patroni3:async remote1:async$/,
      remote1: /^remote2:async$/,
    },
    async works({ psql, until }) {
      await psql('patroni1', 'create table crossed as select 42 as n')
      await until(
        'the last of the second site to have it',
        () => psql('remote2', 'select n from crossed'),
        (n) => n === '42',
      )
    },
  },
  {
    topology: 'fleet',
    leads: { pg1: /^pg2:sync pg3:async$|^pg2:async pg3:sync$/ }, // whichever came first
    async works(applied) {
      await clientWrites(applied, 'pg1', '-h pool -p 6432')
      await hasFullBackup(applied)
      const asked = (query: string) =>
        applied.on('pg1', `curl -fsSG http://monitor:9090/api/v1/query --data-urlencode 'query=${query}'`)
      // 3 exporters, 3 Patronis, 3 etcds, 2 proxies, and itself
      for (const query of ['count(up == 1)', 'count(up)'])
        await applied.until(
          `${query} to be 12`,
          () => asked(query),
          (said) => said.includes('"12"'),
        )
      expect(await asked('sum(pg_up)')).toContain('"3"')
    },
  },
]

test.each(cases)(
  '$topology, applied twice on fresh Debian machines: the second changes nothing, and the cluster is whole',
  { timeout: 1_800_000 },
  async ({ topology, leads, works }) => {
    const applied = await onMachines(topology)
    const { hosts, dataHosts, on, psql, until, apply } = applied
    const startedAt = performance.now()
    const first = await apply()
    const firstS = (performance.now() - startedAt) / 1000
    expect(Object.keys(first).toSorted()).toEqual(hosts.toSorted())
    for (const host of hosts) expect(first[host], host).toMatchObject({ failed: 0, unreachable: 0 })
    const [leader = ''] = Object.keys(leads)
    expect(first[leader]!['changed']).toBeGreaterThan(5)

    const streaming = `select string_agg(application_name || ':' || sync_state, ' ' order by application_name)
      from pg_stat_replication where state = 'streaming'`
    const areWhole = async (): Promise<void> => {
      for (const [host, standbys] of Object.entries(leads))
        await until(
          `${host} to lead ${standbys.source}`,
          () => psql(host, streaming),
          (rows) => standbys.test(rows),
        )
    }
    await areWhole()

    const again = performance.now()
    const second = await apply()
    const secondS = (performance.now() - again) / 1000
    console.log(`ansible, ${topology}: ${firstS.toFixed(0)} s, again ${secondS.toFixed(0)} s`)
    for (const host of hosts) expect(second[host], host).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    await areWhole()
    for (const host of dataHosts)
      await until(
        `${host} to find nothing wrong`,
        () => on(host, 'cluster-health || true'),
        (said) => said.startsWith('nothing is wrong: '),
      )
    await works(applied)
    await sweepHome(owner.home.id) // the next one needs their memory
  },
)
