import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceHash } from '../../../setup/lib/build.mjs'
import { noDesktop } from '../../../setup/lib/desktop.mjs'
import { exitCodeOf, explain, SetupError } from '../../../setup/lib/failure.mjs'
import { dojoHome as homeOfSetup } from '../../../setup/lib/paths.mjs'
import { readOptions } from '../../../setup/lib/start.mjs'
import { DojoError } from '../../../src-main/contract/errors.js'
import { dojoHome } from '../../../src-main/util/home.js'

const root = join(import.meta.dirname, '../../..')

test('set-up and the app agree on where the home is', () => {
  for (const env of [{}, { DOJO_HOME: '/a' }, { XDG_DATA_HOME: '/b' }]) expect(homeOfSetup(env)).toBe(dojoHome(env))
})

test('options are read, and wrong ones are said with exit code 2', () => {
  expect(readOptions(['--port', '8080', '--no-open'])).toMatchObject({ port: 8080, 'no-open': true, host: '127.0.0.1' })
  for (const args of [['--port', 'x'], ['--port', '70000'], ['--what'], ['stray']]) {
    expect(() => readOptions(args)).toThrow(SetupError)
  }
  const { status, stderr } = spawnSync(process.execPath, ['setup/start.mjs', '--what'], { cwd: root, encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toContain('--help')
})

test('--help explains, and does nothing', () => {
  const { status, stdout } = spawnSync(process.execPath, ['setup/start.mjs', '--help'], { cwd: root, encoding: 'utf8' })
  expect(status).toBe(0)
  expect(stdout).toContain('--browser')
})

test('no window is tried where none can open', () => {
  expect(noDesktop({ platform: 'linux', env: {}, uid: 1000 })).toContain('no desktop')
  expect(noDesktop({ platform: 'linux', env: { DISPLAY: ':0' }, uid: 0 })).toContain('root')
  expect(noDesktop({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, uid: 1000 })).toBeNull()
  expect(noDesktop({ platform: 'darwin', env: {}, uid: 501 })).toBeNull()
})

test('errors of set-up and of the app read alike, and end alike', () => {
  const said = { what: 'It broke', why: 'it was old', next: 'Replace it' }
  for (const error of [new SetupError(said), new DojoError('engine-unreachable', said)]) {
    expect(explain(error)).toBe('It broke\n  why:  it was old\n  next: Replace it')
    expect(exitCodeOf(error)).toBe(3)
  }
  expect(exitCodeOf(new DojoError('usage', said))).toBe(2)
  expect(exitCodeOf(new Error('bug'))).toBe(1)
})

test('the app is built again when a source changes, and only then', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dojo-hash-'))
  try {
    mkdirSync(join(folder, 'src-main/util'), { recursive: true })
    writeFileSync(join(folder, 'src-main/util/a.ts'), '1')
    const before = sourceHash(folder)
    writeFileSync(join(folder, 'README.md'), 'words')
    expect(sourceHash(folder)).toBe(before)
    writeFileSync(join(folder, 'src-main/util/a.ts'), '2')
    expect(sourceHash(folder)).not.toBe(before)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
