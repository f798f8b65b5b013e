import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Io } from '../../../src-main/cli/io.js'
import { programOf, run } from '../../../src-main/cli/program.js'

let home: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'dojo-cli-'))
  vi.stubEnv('DOJO_HOME', home)
  await dojo('--help') // loads every verb once, which is most of the time that these tests take
}, 60_000)
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

interface Said {
  code: number
  out: string
  err: string
}

async function dojo(...argv: string[]): Promise<Said> {
  const said = { code: 0, out: '', err: '' }
  const io: Io = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    tty: false,
    columns: () => 100,
    onInterrupt: () => () => undefined,
  }
  said.code = await run(argv, io)
  return said
}

describe('help', () => {
  test('is what `dojo` alone prints, on standard output', async () => {
    const { code, out, err } = await dojo()
    expect(code).toBe(0)
    expect(out).toContain('Usage: dojo')
    expect(err).toBe('')
  })

  test('explains each verb', async () => {
    for (const verb of ['up', 'status', 'fault', 'exercise', 'prove']) {
      const { code, out } = await dojo(verb, '--help')
      expect(code, verb).toBe(0)
      expect(out, verb).toContain(`Usage: dojo ${verb}`)
    }
  })

  test('the version is the package', async () => {
    expect((await dojo('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

test('every verb that scripts may depend on is there', async () => {
  const io: Io = {
    out: vi.fn<Io['out']>(),
    err: vi.fn<Io['err']>(),
    tty: false,
    columns: () => 80,
    onInterrupt: vi.fn<Io['onInterrupt']>(),
  }
  const program = await programOf({ io, rest: null, json: () => undefined })
  const names = program.commands.map((command) => command.name())
  const promised =
    'doctor image up ls status exec shell psql fault faults heal probe backup backups pitr checkpoint rewind checkpoints exercise prove run export report serve down'
  expect(names).toEqual(expect.arrayContaining(promised.split(' ')))
  const under = (name: string): string[] =>
    program.commands.find((it) => it.name() === name)!.commands.map((it) => it.name())
  expect(under('image')).toEqual(['build', 'export', 'import', 'status', 'prune'])
  expect(under('exercise')).toEqual(
    expect.arrayContaining(['list', 'start', 'check', 'answer', 'hint', 'solve', 'next', 'reset', 'abandon']),
  )
})

describe('wrong usage', () => {
  test('says what, why and what next in three lines, and ends with 2', async () => {
    const { code, out, err } = await dojo('stauts')
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(
      err
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, 7)),
    ).toEqual(['error  ', 'why    ', 'next   '])
    expect(err).toContain('Did you mean status?')
  })

  test.each([
    [['up', 'pair-witness', '--nmae', 'x'], '--name'],
    [['exercise', 'chek'], 'check'],
    [['ls', '--jsn'], '--json'],
  ])('suggests what was meant for `dojo %s`', async (argv, meant) => {
    const { code, err } = await dojo(...argv)
    expect(code).toBe(2)
    expect(err).toContain(`Did you mean ${meant}?`)
  })

  test.each([
    [['up']],
    [['status']],
    [['exec', 'a', 'pg1']],
    [['down']],
    [['down', 'a', '--all']],
    [['heal', 'a', 'f1', '--all']],
    [['probe', 'a', '--seconds', 'ten']],
    [['up', 'pair-witness', '--ports', 'lucky']],
    [['serve', '--port', '70000']],
    [['serve', '--class', 'room.yaml']],
    [['status', 'a', '--', 'ls']],
    [['export', 'a', 'home']],
    [['export', 'a', 'home', '--as', 'tarball']],
    [['exercise']],
    [['shell', 'a', 'pg1']],
    [['backup', 'a', '--type', 'half']],
    [['backups', 'a', '--verify', '--expire']],
    [['backups', 'a', '--keep', '1']],
    [['pitr', 'a', '--to', '14:03']],
    [['pitr', 'a', '--to', '14:03', '--beside', '--whole']],
    [['pitr', 'a', '--to', '752', '--by', 'tid', '--beside']],
    [['pitr', 'a', '--to', '752', '--timeline', 'x', '--beside']],
    [['pitr', 'a', '--whole']],
    [['pitr', 'a', '--resume', '--remove']],
  ])('`dojo %s` ends with 2, and does nothing', async (argv) => {
    const { code, err } = await dojo(...argv)
    expect(code).toBe(2)
    expect(err).toMatch(/^error {2}.+\nwhy {4}.+\nnext {3}.+\n$/)
  })

  test('with --json it is one object on standard output', async () => {
    const { code, out, err } = await dojo('probe', 'a', '--seconds', '0', '--json')
    expect(code).toBe(2)
    expect(err).toBe('')
    expect(JSON.parse(out)).toEqual({
      error: { code: 'usage', what: expect.any(String), why: expect.any(String), next: expect.any(String) },
    })
  })
})

test.each(['checkpoint a before', 'rewind a before', 'checkpoints a', 'run scenario.yaml --keep', 'report x'])(
  '`dojo %s` says that it comes later',
  async (line) => {
    const { code, err } = await dojo(...line.split(' '))
    expect(code).toBe(2)
    expect(err).toContain('is not in this version')
  },
)
