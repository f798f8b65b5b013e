import { stat } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectDocker } from '../../src-main/docker/engine.js'
import { filterOf } from '../../src-main/docker/labels.js'
import { downLab, listLabs } from '../../src-main/lab/labs.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { startLab, type TestLab } from '../support/lab.js'
import { askAsClient, askAsSuperuser } from '../support/lab-sql.js'

const signal = new AbortController().signal

describe('a pair-witness lab', () => {
  let lab: TestLab
  beforeAll(
    async () => void (lab = await startLab('pair-witness', { set: ['patroni.ttl=22', 'postgresql.work_mem=5MB'] })),
  )
  afterAll(() => lab?.[Symbol.asyncDispose]())

  const run = (host: string, ...argv: string[]) => lab.handle.exec(host, argv)

  test('takes writes on the client route, and has one synchronous standby', async () => {
    await askAsClient(lab.handle, 'create table t (n int)')
    await askAsClient(lab.handle, 'insert into t values (1)')
    expect(await askAsClient(lab.handle, 'select n from t')).toEqual([{ n: 1 }])
    const standbys = await askAsSuperuser(
      lab.handle,
      'select application_name, state, sync_state from pg_stat_replication',
    )
    expect(standbys).toEqual([{ application_name: 'pg2', state: 'streaming', sync_state: 'sync' }])
  })

  test('is led by the first host, and says how long each phase took', async () => {
    const { stdout } = await run('witness', 'patronictl', 'list', '-f', 'json')
    const members = JSON.parse(stdout) as { Member: string; Role: string }[]
    expect(members.find(({ Role }) => Role === 'Leader')?.Member).toBe('pg1')
    expect(Object.keys(lab.info.seconds).sort()).toEqual([
      'containers',
      'etcd',
      'leader',
      'proxy',
      'standby',
      'total',
      'write',
    ])
  })

  test('nobody waited in its boot: initdb ran while etcd elected, and no member of etcd for a peer', async () => {
    const { stdout: said } = await run('pg1', 'cat', '/var/log/patroni/current')
    const [made, asked] = [said.indexOf('Data page checksums are enabled'), said.indexOf('trying to bootstrap a new')]
    expect(made).toBeGreaterThan(-1)
    expect(asked).toBeGreaterThan(made)
    expect(said.split('Data page checksums are enabled')).toHaveLength(2)
    expect((await run('pg1', 'ls', '/var/lib/postgresql/17')).stdout.trim()).toBe('main')
    for (const host of ['pg1', 'pg2', 'witness']) {
      const { stdout } = await run(host, 'cat', '/var/log/etcd/current')
      const at = (words: string): number =>
        Date.parse(new RegExp(`"ts":"([^"]+)"[^\\n]*"msg":"${words}"`).exec(stdout)?.[1] ?? '')
      // a peer that does not answer costs a second, each
      expect(at('starting local member') - at('opened backend db'), host).toBeLessThan(900)
    }
  })

  test('has the settings that were asked for', async () => {
    const { stdout } = await run('pg1', 'patronictl', 'show-config')
    expect(stdout).toMatch(/^ttl: 22$/m)
    expect(await askAsSuperuser(lab.handle, 'show work_mem')).toEqual([{ work_mem: '5MB' }])
    expect(lab.info.settings.patroni.ttl).toBe(22)
  })

  test('answers bare commands in a terminal of every host', async () => {
    for (const { name } of lab.info.hosts) {
      const psql = await run(name, 'psql', '-Atc', 'select current_database()')
      expect([name, psql.stderr, psql.stdout.trim()]).toEqual([name, '', 'app'])
      const etcd = await run(name, 'etcdctl', 'endpoint', 'status', '-w', 'json')
      expect((JSON.parse(etcd.stdout) as unknown[]).length, name).toBe(3)
    }
  })

  test('reaches every other host by name, without rights', async () => {
    for (const { name, address } of lab.info.hosts) {
      const { code, stdout } = await run('witness', 'ping', '-c', '1', '-W', '2', name)
      expect([name, code]).toEqual([name, 0])
      expect(stdout).toContain(`(${address})`)
    }
  })

  test('lets a learner stop and start a service as postgres', async () => {
    expect((await run('witness', 'sv', 'stop', 'etcd')).stdout).toMatch(/^ok: down: etcd/)
    expect((await run('witness', 'sv', 'status', 'etcd')).stdout).toMatch(/^down: etcd/)
    expect((await run('witness', 'sv', 'start', 'etcd')).stdout).toMatch(/^ok: run: etcd/)
  })

  test('archives and has a full backup in the end, without being asked', async () => {
    await lab.backedUp
    const { stdout } = await run('backup', 'pgbackrest', 'info', '--output=json')
    const [info] = JSON.parse(stdout) as { status: { code: number }; backup: { type: string }[] }[]
    expect(info?.status.code).toBe(0)
    expect(info?.backup.map(({ type }) => type)).toEqual(['full'])
    expect(await run('backup', 'pgbackrest', '--stanza=main', 'check')).toMatchObject({ code: 0 })
    expect(await run('pg2', 'pgbackrest', 'info')).toMatchObject({ code: 0 })
    // an app that starts again and finds the lab makes no second one
    expect(await run('backup', '/usr/local/lib/dojo/first-backup', 'main')).toMatchObject({ code: 0 })
    const again = await run('backup', 'pgbackrest', 'info', '--output=json')
    expect((JSON.parse(again.stdout) as { backup: unknown[] }[])[0]?.backup).toHaveLength(1)
  })

  test('reaches nothing outside, and its ports are on the loopback interface only', async () => {
    const out = await lab.handle.exec('pg1', ['curl', '--silent', '--max-time', '3', 'http://1.1.1.1'], {
      timeoutMs: 10_000,
    })
    expect(out.code).not.toBe(0)
    const name = await lab.handle.exec('pg1', ['getent', 'hosts', 'deb.debian.org'], { timeoutMs: 10_000 })
    expect(name.code).not.toBe(0)
    const docker = await connectDocker()
    const containers = await docker.listContainers({ filters: filterOf(lab.home.id, lab.info.lab) })
    const bound = containers.flatMap(({ Ports }) => Ports).filter(({ PublicPort }) => PublicPort)
    expect(bound.length).toBeGreaterThan(0)
    expect(new Set(bound.map(({ IP }) => IP))).toEqual(new Set(['127.0.0.1']))
  })

  test('gives hosts no rights, no folders of this machine, and limits', async () => {
    const docker = await connectDocker()
    for (const { Id } of await docker.listContainers({ filters: filterOf(lab.home.id, lab.info.lab) })) {
      const { HostConfig, Mounts } = await docker.getContainer(Id).inspect()
      expect(Mounts).toEqual([])
      expect(HostConfig).toMatchObject({ Privileged: false, RestartPolicy: { Name: '' } })
      expect(HostConfig.CapAdd ?? []).toEqual([])
      expect(HostConfig.CapDrop).toContain('NET_RAW')
      expect(HostConfig.Memory).toBeGreaterThan(0)
      expect(HostConfig.PidsLimit).toBeGreaterThan(0)
    }
  })

  test('keeps secrets in a file that only its owner reads, and out of everything else', async () => {
    expect((await stat(lab.info.credentials)).mode & 0o777).toBe(0o600)
    const secrets = Object.values(await lab.handle.credentials()).flatMap((one) => (one ? [one.password] : []))
    const docker = await connectDocker()
    for (const { Id } of await docker.listContainers({ filters: filterOf(lab.home.id, lab.info.lab) })) {
      const seen = JSON.stringify(await docker.getContainer(Id).inspect())
      for (const secret of secrets) expect(seen).not.toContain(secret)
    }
    for (const host of ['pg1', 'pg2', 'proxy']) {
      const { stdout } = await lab.handle.exec(host, ['ps', '-eo', 'args'], { user: 'root' })
      for (const secret of secrets) expect(stdout).not.toContain(secret)
    }
  })

  test('a stopped host comes back as itself, on the same ports', async () => {
    const before = lab.info.hosts.find(({ name }) => name === 'pg2')!
    await lab.handle.power.stop('pg2', 60)
    expect((await lab.handle.hostStates())['pg2']).toMatchObject({ container: 'exited', how: 'stopped', exitCode: 0 })
    await expect(run('pg2', 'true')).rejects.toMatchObject({ code: 'host-down' })
    await lab.handle.power.start('pg2')
    await waitFor(
      () => fetch(`http://127.0.0.1:${before.endpoints.patroni!.port}/replica`).then(({ status }) => status),
      (status) => status === 200,
      { what: 'pg2 to stream again on its own port', withinMs: 40_000, signal, describe: String },
    )
    expect((await run('pg2', 'hostname', '-i')).stdout.trim()).toBe(before.address)
  })

  test('a crash and a freeze look like what they are', async () => {
    await lab.handle.power.kill('witness')
    expect((await lab.handle.hostStates())['witness']).toMatchObject({ container: 'exited', how: 'killed' })
    await lab.handle.power.start('witness')
    await lab.handle.power.pause('witness')
    expect((await lab.handle.hostStates())['witness']).toMatchObject({ container: 'paused' })
    await lab.handle.power.unpause('witness')
    expect((await lab.handle.hostStates())['witness']).toMatchObject({ container: 'running' })
  })

  test('down leaves nothing: no container, no network, no folder', async () => {
    await downLab(lab.info.lab, lab.home)
    const docker = await connectDocker()
    const filters = filterOf(lab.home.id)
    expect(await docker.listContainers({ all: true, filters })).toEqual([])
    expect(await docker.listNetworks({ filters })).toEqual([])
    expect(await docker.listVolumes({ filters })).toMatchObject({ Volumes: [] })
    expect(await listLabs(lab.home)).toEqual([])
    await expect(stat(lab.handle.dir)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(downLab(lab.info.lab, lab.home)).rejects.toMatchObject({ code: 'unknown-lab' })
  })
})
