import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

// The directions of imports are rules of the linter. Each is broken here once, so that none of them is asleep.
const root = join(import.meta.dirname, '../../..')

const wrong: [file: string, line: string, word: string][] = [
  ['src-main/lab/a.ts', "import Docker from 'dockerode'", 'dockerode'],
  ['src-main/api/a.ts', "import Docker from 'dockerode'", 'dockerode'],
  ['src-main/docker/a.ts', "import { app } from 'electron'", 'electron'],
  ['src-main/cli.ts', "import { app } from 'electron'", 'electron'],
  ['src-main/electron.ts', "import Docker from 'dockerode'", 'dockerode'],
  ['src-main/contract/a.ts', "import { x } from '../util/x.js'", '../util/x.js'],
  ['src-main/util/a.ts', "import { x } from '../docker/x.js'", '../docker/x.js'],
  ['src-main/docker/a.ts', "import { x } from '../lab/x.js'", '../lab/x.js'],
  ['src-main/lab/render/a.ts', "import { x } from '../../cluster/x.js'", '../../cluster/x.js'],
  ['src-main/cluster/a.ts', "import { x } from '../docker/x.js'", '../docker/x.js'],
  ['src-main/checks/a.ts', "import { x } from '../docker/x.js'", '../docker/x.js'],
  ['src-main/exercises/a.ts', "import { x } from '../docker/x.js'", '../docker/x.js'],
  ['src-main/faults/a.ts', "import { x } from '../api/x.js'", '../api/x.js'],
  ['src-renderer/a.ts', "import { x } from '../src-main/util/x.js'", '../src-main/util/x.js'],
  ['src-renderer/ui/a.ts', "import { x } from '../../src-main/headless.js'", '../../src-main/headless.js'],
  ['src-renderer/a.ts', "import { x } from 'node:fs'", 'node:fs'],
  ['setup/a.mjs', "import { x } from 'zod'", 'zod'],
]
const right: [file: string, line: string][] = [
  ['src-main/docker/a.ts', "import Docker from 'dockerode'"],
  ['src-main/electron.ts', "import { app } from 'electron'"],
  ['src-main/preload.ts', "import { app } from 'electron'"],
  ['src-main/api/a.ts', "import { x } from '../faults/x.js'"],
  ['src-main/cluster/a.ts', "import { x } from '../contract/x.js'"],
  ['src-renderer/a.ts', "import { x } from '../src-main/contract/x.js'"],
  ['setup/a.mjs', "import { x } from './lib/x.mjs'"],
  ['setup/a.mjs', "import { x } from 'node:fs'"],
]

/** Lints all of them in one run; returns what the import rules say of each. */
function restricted(cases: readonly (readonly [file: string, line: string, ...unknown[]])[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'dojo-lint-'))
  try {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
    const files = cases.map(([file, line], i) => {
      const unique = file.replace(/\ba\.(\w+)$/, `a${i}.$1`)
      mkdirSync(dirname(join(folder, unique)), { recursive: true })
      writeFileSync(join(folder, unique), `${line}\nexport const used = ${/import \{? ?(\w+)/.exec(line)?.[1]}\n`)
      return unique
    })
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
    const { stdout } = spawnSync(process.execPath, [oxlint, '-f', 'unix', '.'], { cwd: folder, encoding: 'utf8' })
    const lines = stdout.split('\n').filter((text) => text.includes('no-restricted-imports'))
    return files.map((file) => lines.filter((text) => text.includes(`${file}:`)).join('\n'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('every import that the house forbids is an error', () => {
  const said = restricted(wrong)
  for (const [i, [file, line, word]] of wrong.entries()) expect(said[i], `${file}: ${line}`).toContain(word)
})

test('what the house allows is none', () => {
  expect(restricted(right)).toEqual(right.map(() => ''))
})
