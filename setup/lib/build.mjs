import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './failure.mjs'
import { withLock } from './lock.mjs'
import { built, root } from './paths.mjs'
import { run } from './run.mjs'

/** What out/ is made of. */
const sources = [
  'src-main',
  'src-renderer',
  'bench',
  'tests/soak',
  'tests/support',
  'electron.vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
]

/** A digest over every source file's path and content. */
export function sourceHash(from = root) {
  const hash = createHash('sha256')
  const add = (path) => {
    const full = join(from, path)
    if (!existsSync(full)) return
    const entries = path.includes('.') ? null : readdirSync(full, { withFileTypes: true, recursive: true })
    if (!entries) return void hash.update(`${path}\n`).update(readFileSync(full))
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    for (const file of files.sort()) hash.update(`${file.slice(from.length)}\n`).update(readFileSync(file))
  }
  for (const path of sources) add(path)
  return hash.digest('hex')
}

/** Builds the app into out/ when the sources changed since. A phase for the report. */
export async function ensureBuilt({ step, line }) {
  const isCurrent = (hash) => {
    try {
      return readFileSync(built('.hash'), 'utf8') === hash
    } catch {
      return false
    }
  }
  if (isCurrent(sourceHash())) return { summary: 'unchanged', idle: true }
  return withLock('build', step, async () => {
    const hash = sourceHash()
    if (isCurrent(hash)) return { summary: 'unchanged', idle: true }
    step('building')
    await build(hash, line)
    return 'built'
  })
}

async function build(hash, line) {
  // we hold the lock: what others left here, they left because they were ended
  const left = readdirSync(root).filter((name) => /^out\.(next|old)-\d+$/.test(name))
  for (const name of left) rmSync(join(root, name), { recursive: true, force: true })
  const fresh = join(root, `out.next-${process.pid}`)
  const old = join(root, `out.old-${process.pid}`)
  try {
    const cli = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
    const env = { ...process.env, DOJO_OUT: `out.next-${process.pid}`, FORCE_COLOR: '0', NODE_ENV: 'production' }
    const { code, tail } = await run(process.execPath, [cli, 'build'], { line, env })
    if (code !== 0) {
      throw new SetupError(
        {
          what: 'Building the app failed',
          why:
            tail
              .filter((words) => /error|failed|cannot|could not/i.test(words) && !/^\s+at /.test(words))
              .slice(-3)
              .join(' | ') || tail.at(-1),
          next: 'If you changed the sources, `npm run types` shows where; else `git status` shows what differs',
        },
        1,
      )
    }
    writeFileSync(join(fresh, '.hash'), hash)
    // a running app may still read chunks of the old build: it is moved away in one step, not overwritten
    if (existsSync(built())) renameSync(built(), old)
    renameSync(fresh, built())
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(old, { recursive: true, force: true })
  }
}
