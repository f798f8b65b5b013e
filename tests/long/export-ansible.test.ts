import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineFacts } from '../../src-main/docker/engine-facts.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { sweepHome } from '../../src-main/docker/sweep.js'
import { exportLab } from '../../src-main/lab/export/index.js'
import { hostsOf, prepareLab } from '../../src-main/lab/prepare.js'
import { changeState, labDir } from '../../src-main/lab/store.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { writeFolder } from '../../src-main/util/write-folder.js'
import { freePrefix } from '../support/compose.js'
import { testHome, type TestHome } from '../support/lab.js'
import { startMachines, type Machines } from '../support/machines.js'

const lab = 'on-machines'
let owner: TestHome
let folder: string
let machines: Machines

beforeAll(async () => {
  const { tag } = await ensureHostImage()
  owner = await testHome()
  const { home } = owner
  folder = join(await mkdtemp(join(tmpdir(), 'dojo-ansible-')), 'cluster')
  const prefix = await freePrefix()
  const { info } = await prepareLab(home, { topology: 'pair-witness', name: lab }, tag, await engineFacts())
  const hosts = hostsOf(info.spec, [], prefix, labDir(home, lab))
  await changeState(home, lab, { state: 'healthy', hosts })
  await writeFolder(folder, (await exportLab(home, lab, 'ansible')).files)
  const addresses = Object.fromEntries(hosts.map(({ name, address }) => [name, address]))
  machines = await startMachines({ homeId: home.id, lab }, prefix, addresses)
  await machines.put(folder, 'controller', '/root/cluster')
  await machines.on('controller', '/root/cluster/init.sh')
}, 900_000)

afterAll(async () => {
  if (owner) await sweepHome(owner.home.id)
  await machines?.forgetImage()
  if (folder) await rm(join(folder, '..'), { recursive: true, force: true })
  await owner?.[Symbol.asyncDispose]()
}, 180_000)

/** Runs the playbook; what it counted, by host. */
async function apply(): Promise<Record<string, Record<string, number>>> {
  const play =
    'cd /root/cluster && ANSIBLE_HOST_KEY_CHECKING=False ansible-playbook site.yml -e ansible_become=false 2>&1'
  const output = await machines.on('controller', play).catch((error: { stdout?: string }) => {
    throw new Error(`ansible-playbook failed: ${error.stdout?.slice(-6000)}`, { cause: error })
  })
  const rows = [...output.matchAll(/^(\w+)\s+: (ok=.*)$/gm)]
  return Object.fromEntries(
    rows.map(([, host = '', counts = '']) => [
      host,
      Object.fromEntries([...counts.matchAll(/(\w+)=(\d+)/g)].map(([, what = '', n]) => [what, Number(n)])),
    ]),
  )
}
const hosts = ['pg1', 'pg2', 'witness', 'backup', 'proxy']
const psql = (sql: string): Promise<string> =>
  machines.on('pg1', `runuser -u postgres -- psql -qAt -d postgres -c "${sql}"`)

test(
  'applied twice on fresh Debian machines it changes nothing the second time, and the cluster leads with a streaming standby',
  { timeout: 1_500_000 },
  async () => {
    const startedAt = performance.now()
    const first = await apply()
    const firstS = (performance.now() - startedAt) / 1000
    expect(Object.keys(first).toSorted()).toEqual(hosts.toSorted())
    for (const host of hosts) expect(first[host], host).toMatchObject({ failed: 0, unreachable: 0 })
    expect(first['pg1']!['changed']).toBeGreaterThan(5)

    const standbys = "select application_name || ':' || sync_state from pg_stat_replication where state = 'streaming'"
    await waitFor(
      () => psql(standbys),
      (rows) => rows === 'pg2:sync',
      {
        what: 'pg2 to be the synchronous standby',
        withinMs: 60_000,
        signal: new AbortController().signal,
        describe: String,
      },
    )
    const client = `psql -h proxy -p 5000 -U app -d app -qAtc "create table kept as select 1 as n; select n from kept"`
    expect(await machines.on('pg1', `runuser -u postgres -- ${client}`)).toBe('1')
    expect(await machines.on('backup', 'runuser -u postgres -- pgbackrest --stanza=main info')).toMatch(/full backup: /)

    const again = performance.now()
    const second = await apply()
    console.log(`ansible: ${firstS.toFixed(0)} s, again ${((performance.now() - again) / 1000).toFixed(0)} s`)
    for (const host of hosts) expect(second[host], host).toMatchObject({ changed: 0, failed: 0, unreachable: 0 })
    expect(await psql(standbys)).toBe('pg2:sync')
  },
)
