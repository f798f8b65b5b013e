import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { newPitr, readPitr, writePitr, type PitrFile } from '../../../src-main/backup/pitr-file.js'
import { stepsOf } from '../../../src-main/backup/pitr-steps.js'
import { createRecoveries } from '../../../src-main/backup/recoveries.js'
import type { PitrView } from '../../../src-main/contract/backup.js'
import type { ExecResult, LabHandle } from '../../../src-main/lab/handle.js'
import { holderOf } from '../../../src-main/lab/lock.js'

let dir: string
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'dojo-recoveries-'))))
afterEach(() => rm(dir, { recursive: true, force: true }))

/** One that was cut off in the step `at`. */
function cutOff(at: string, mode: 'whole' | 'beside' = 'whole'): PitrFile {
  const file = newPitr(
    {
      mode,
      target: { kind: 'name', value: 'before-batch', exclusive: false },
      candidates: ['20261126-140500F'],
      spare: 'backup',
      production: { host: 'pg1', systemId: '7', timeline: 1, archives: true },
      replicas: ['pg2', 'pg3'],
      scope: 'trio',
      leader: 'pg1',
      walDisk: false,
      repository: null,
      otherRepositories: [],
    },
    'app',
  )
  for (const { id } of stepsOf(file.recovery)) {
    if (id === at) break
    file.progress[id] = { state: 'done', seconds: 1, observed: '' }
  }
  file.progress[at] = { state: 'running', seconds: null, observed: null }
  file.state = 'interrupted'
  return file
}

/** A lab whose pg1 leads; a replica streams once its Patroni was started. `onCommand` comes first. */
function labThat(onCommand: (host: string, command: string) => Promise<ExecResult | null> = async () => null) {
  const ran: string[] = []
  const ok = (stdout = ''): ExecResult => ({ code: 0, stdout, stderr: '' })
  const handle = {
    dir,
    info: { lab: 'trio-1', spec: { hosts: Object.fromEntries(['pg1', 'pg2', 'pg3'].map((h) => [h, patroni])) } },
    exec: async (host: string, argv: readonly string[]): Promise<ExecResult> => {
      const command = argv.at(-1)!
      const told = await onCommand(host, command)
      if (argv[0] === 'bash') ran.push(`${host}$ ${command}`)
      if (told) return told
      const replica = /application_name = '(\w+)'/.exec(command)?.[1]
      if (replica) return ok(ran.includes(`${replica}$ sv start patroni`) ? 'streaming, async\n' : 'absent\n')
      if (command.includes('pg_is_in_recovery')) return ok(host === 'pg1' ? 'f\t7\t1\tt\n' : 't\t7\t0\tt\n')
      return ok()
    },
  } as unknown as LabHandle
  const recoveries = createRecoveries(handle, vi.fn<() => never>(), () => undefined, new AbortController().signal)
  return { recoveries, ran }
}
const patroni = { services: ['patroni'] }
const starts = (ran: string[]): string[] => ran.filter((line) => line.endsWith('sv start patroni'))

describe('giving up', () => {
  test('the replicas that were stopped are started again, and stream, before the recovery is forgotten', async () => {
    await writePitr(dir, cutOff('stop-replicas'))
    const { recoveries, ran } = labThat()
    expect((await recoveries.remove()).state).toBe('removed')
    expect(starts(ran)).toEqual(['pg2$ sv start patroni', 'pg3$ sv start patroni'])
    expect(ran.at(-1)).toMatch(/^backup\$ .*rm -rf/)
    expect(await holderOf(dir)).toBeNull()
    await recoveries.remove()
    expect(starts(ran), 'once').toHaveLength(2)
  })

  test('one that can not be started is said, the others run, and giving up can be tried again', async () => {
    await writePitr(dir, cutOff('stop-replicas'))
    const broken = async (host: string, command: string): Promise<ExecResult | null> =>
      host === 'pg2' && command.startsWith('sv') ? { code: 1, stdout: '', stderr: 'timeout: down' } : null
    const first = labThat(broken)
    await expect(first.recoveries.remove()).rejects.toMatchObject({
      code: 'pitr-failed',
      said: { what: 'Patroni could not be started again on pg2', why: expect.stringContaining('timeout: down') },
    })
    expect(starts(first.ran)).toHaveLength(2)
    expect((await readPitr(dir))?.state).toBe('interrupted')
    expect((await labThat().recoveries.remove()).state).toBe('removed')
  })

  test('nobody is started where nobody was stopped', async () => {
    for (const file of [cutOff('spare-recover'), cutOff('spare-recover', 'beside')]) {
      await writePitr(dir, file)
      const { recoveries, ran } = labThat()
      await recoveries.remove()
      expect(starts(ran)).toEqual([])
    }
  })

  test('is refused once production is stopped', async () => {
    await writePitr(dir, cutOff('stop-leader'))
    const { recoveries, ran } = labThat()
    await expect(recoveries.remove()).rejects.toMatchObject({ code: 'not-yet' })
    expect(ran).toEqual([])
  })
})

test('a recovery whose end can not be written holds the lab no longer, and is told as cut off', async () => {
  await writePitr(dir, cutOff('check'))
  const { recoveries } = labThat(async (_host, command) => {
    if (!command.includes('check')) return null
    await rm(join(dir, 'pitr.json'))
    await mkdir(join(dir, 'pitr.json')) // nothing can be put in its place
    return null
  })
  const told: PitrView[] = []
  recoveries.onChange((view) => told.push(view))
  await recoveries.resume()
  await recoveries.settled()
  expect(recoveries.busy()).toBe(false)
  expect(await holderOf(dir)).toBeNull()
  expect(told.at(-1)?.state).toBe('interrupted')
})
