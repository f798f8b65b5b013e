import { readFile, stat } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AttemptView } from '../../src-main/contract/exercise.js'
import type { FaultRecord } from '../../src-main/contract/fault.js'
import type { Credentials, LabInfo } from '../../src-main/contract/lab.js'
import type { ProbeStats } from '../../src-main/contract/probe.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { filterOf } from '../../src-main/docker/labels.js'
import { connectOwner } from '../../src-main/api/local-client.js'
import { localAddress } from '../../src-main/api/local-address.js'
import { dojoHome, type DojoHome } from '../support/dojo-process.js'

const lab = 'cli'
type Failed = { error: { code: string; what: string; why: string; next: string }; exit: number }

describe('the command line, without any other process', () => {
  let home: DojoHome
  let info: LabInfo & { exit: number }
  beforeAll(async () => {
    await ensureHostImage()
    home = await dojoHome()
    info = await home.json<LabInfo>('up', 'pair-witness', '--name', lab, '--set', 'patroni.ttl=25')
  }, 240_000)
  afterAll(() => home?.[Symbol.asyncDispose]())

  const held = async (): Promise<number> => {
    const docker = await connectDocker()
    const filters = filterOf(home.id)
    const [containers, networks] = await Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
    ])
    return containers.length + networks.length
  }

  test('up --json prints the lab: hosts with endpoints on this machine, the client route, seconds per phase', async () => {
    expect(info).toMatchObject({ lab, topology: 'pair-witness', state: 'healthy', exit: 0 })
    expect(info.seconds['total']).toBeGreaterThan(0)
    expect(info.hosts.map(({ name }) => name)).toEqual(['pg1', 'pg2', 'witness', 'backup', 'proxy'])
    const [pg1] = info.hosts
    expect(pg1!.services).toContain('patroni')
    expect(pg1!.endpoints.postgres).toEqual({ host: '127.0.0.1', port: expect.any(Number) })
    expect((await stat(info.credentials)).mode & 0o777).toBe(0o600)
    const { app } = JSON.parse(await readFile(info.credentials, 'utf8')) as Credentials
    const { host, port } = info.client.readWrite
    const client = new pg.Client({ host, port, user: app.username, password: app.password, database: app.database })
    await client.connect()
    await client.query('create table seen (n int); insert into seen values (1)')
    await client.end()
    expect(JSON.stringify(info)).not.toContain(app.password)
  })

  test('a name that is taken is refused, and nothing is left of the attempt', async () => {
    const before = await held()
    const again = await home.json<Failed>('up', 'pair-witness', '--name', lab)
    expect(again).toMatchObject({ exit: 2, error: { code: 'name-taken' } })
    expect(await held()).toBe(before)
  })

  test.each([
    [['up', 'pair-witnes'], 'unknown-topology'],
    [['up', 'pair-witness', '--set', 'patroni.ttl=5'], 'setting-invalid'],
    [['up', 'pair-witness', '--set', 'patroni.ttll=30'], 'setting-invalid'],
    [['status', 'nope'], 'unknown-lab'],
    [['exec', lab, 'pg9', '--', 'ls'], 'unknown-host'],
    [['fault', lab, 'meteor', 'pg1'], 'usage'],
    [['exercise', 'start', 'no-such-exercise', '--lab', lab], 'unknown-exercise'],
    [['prove', 'no-such-exercise'], 'unknown-exercise'],
    [['export', 'nope', 'home', '--as', 'config'], 'unknown-lab'],
    [['export', lab, 'docs', '--as', 'config'], 'folder-unfit'],
  ])('`dojo %s` ends with 2', async (args, code) => {
    expect(await home.json<Failed>(...args)).toMatchObject({ exit: 2, error: { code } })
  })

  test('ls and status say what there is', async () => {
    const { labs } = await home.json<{ labs: { lab: string; state: string; hosts: { container: string }[] }[] }>('ls')
    expect(labs).toHaveLength(1)
    expect(labs[0]!.hosts.every(({ container }) => container === 'running')).toBe(true)
    const status = await home.json<{ leader: string; dcs: { value: { lease: { ttlS: number } } } }>('status', lab)
    expect(status).toMatchObject({ leader: 'pg1', exit: 0 })
    expect(status.dcs.value.lease.ttlS).toBe(25)
    const { out } = await home.run('status', lab)
    expect(out).toMatch(/^pg1 +leader +1 +running/m)
    expect(out).toMatch(/^leader +pg1 holds the leader key, \d+ of 25 s left$/m)
  })

  test("exec hands on output, errors and the command's exit code", async () => {
    const ran = await home.run('exec', lab, 'pg2', '--', 'sh', '-c', 'hostname; echo no >&2; exit 9')
    expect(ran).toEqual({ code: 9, out: 'pg2\n', err: 'no\n' })
    expect((await home.run('exec', lab, 'backup', '--', 'pgbackrest', 'version')).out).toContain('pgBackRest')
  })

  test('psql goes by the write route, or to a host', async () => {
    const select = ['--', '-Atc', 'select pg_is_in_recovery()']
    expect((await home.run('psql', lab, ...select)).out).toBe('f\n')
    expect((await home.run('psql', lab, 'pg2', ...select)).out).toBe('t\n')
    expect((await home.run('psql', lab, '--', '-Atc', 'select 1/0')).code).not.toBe(0)
  })

  test('the probe counts what was acknowledged, and what of it is there', async () => {
    const stats = await home.json<ProbeStats>('probe', lab, '--seconds', '3')
    expect(stats).toMatchObject({ exit: 0, running: false, lost: 0 })
    expect(stats.acknowledged).toBeGreaterThan(20)
  })

  test('a fault says what it did and proves it; the ledger survives the command; heal proves too', async () => {
    const fault = await home.json<FaultRecord>('fault', lab, 'freeze', 'sync-standby')
    expect(fault).toMatchObject({ exit: 0, kind: 'freeze', target: 'pg2', state: 'active', effect: { holds: true } })
    const { faults } = await home.json<{ faults: FaultRecord[] }>('faults', lab)
    expect(faults.map(({ id, state }) => [id, state])).toEqual([[fault.id, 'active']])
    expect((await home.run('status', lab)).out).toMatch(/^pg2 +frozen/m)
    const healed = await home.json<{ faults: FaultRecord[] }>('heal', lab, fault.id)
    expect(healed.faults).toMatchObject([{ id: fault.id, state: 'healed', healing: { holds: true } }])
  })

  describe('an exercise', () => {
    let attempt: string
    const owner = async (): Promise<boolean> => {
      const socket = await connectOwner(localAddress(home.dir))
      socket?.close()
      return socket !== null
    }

    test('is begun by a process that stays, and checked by the next command', async () => {
      const begun = await home.json<{ attempt: string; view: AttemptView }>(
        'exercise',
        'start',
        'failover',
        '--lab',
        lab,
      )
      expect(begun).toMatchObject({ exit: 0, view: { state: 'running', lab } })
      attempt = begun.attempt
      expect(await owner()).toBe(true)
      const checked = await home.json<AttemptView>('exercise', 'check')
      expect(checked.exit).toBe(1)
      expect(checked.step.checks.some(({ result }) => result?.verdict === 'fail')).toBe(true)
      const second = await home.json<Failed>('exercise', 'start', 'failover', '--lab', lab)
      expect(second).toMatchObject({ exit: 1, error: { code: 'lab-busy' } })
    })

    test('goes on with another process when that one is killed', async () => {
      const before = await home.json<AttemptView>('exercise', 'hint')
      const { pid } = JSON.parse(await readFile(`${home.dir}/run/owner.json`, 'utf8')) as { pid: number }
      process.kill(pid, 'SIGKILL')
      await expect.poll(owner).toBe(false)
      const after = await home.json<AttemptView>('exercise', 'show')
      expect(after.id).toBe(attempt)
      expect(after.step.hints).toEqual(before.step.hints)
    })

    test('takes answers, passes its step, goes on, and is abandoned; then that process ends by itself', async () => {
      const { step } = await home.json<AttemptView>('exercise', 'show')
      const { leader } = await home.json<{ leader: string }>('status', lab)
      for (const { id, kind } of step.questions)
        await home.run('exercise', 'answer', id, kind === 'number' ? '1' : leader)
      const { code, out } = await home.run('exercise', 'check')
      expect([code, out]).toEqual([0, expect.stringContaining('Done.')])
      const next = await home.json<AttemptView>('exercise', 'next')
      expect(next.step.index).toBe(1)
      expect((await home.run('exercise', 'abandon')).code).toBe(0)
      await expect.poll(owner, { timeout: 40_000, interval: 500 }).toBe(false)
      expect((await home.run('exercise', 'check')).err).toContain('No attempt runs here')
    })
  })

  test('Ctrl+C during up cancels, and nothing of it is left', async () => {
    const before = await held()
    const child = home.start('up', 'pair-witness', '--name', 'cut')
    let said = ''
    child.stderr!.on('data', (text: Buffer) => (said += text))
    await expect.poll(held, { timeout: 60_000 }).toBeGreaterThan(before)
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGINT')
    expect(await ended).toBe(1)
    expect(said).toContain('The boot of "cut" was cancelled')
    expect(await held()).toBe(before)
  })

  test('down removes everything of it', async () => {
    expect(await home.json('down', lab)).toMatchObject({ removed: [lab], exit: 0 })
    expect(await held()).toBe(0)
    expect((await home.run('ls')).out).toContain('no labs')
    expect(await home.json<Failed>('down', lab)).toMatchObject({ exit: 2, error: { code: 'unknown-lab' } })
  })
})
