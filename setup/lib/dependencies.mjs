import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './failure.mjs'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'
import { run } from './run.mjs'

const read = (...path) => {
  try {
    return readFileSync(join(root, ...path), 'utf8')
  } catch {
    return undefined
  }
}

/** Makes node_modules what package-lock.json says; nothing happens when it is. A phase for the report. */
export async function ensureDependencies({ step, line }) {
  const hash = createHash('sha256').update(read('package-lock.json')).digest('hex')
  const recorded = () => read('node_modules', '.dojo-lock')
  if (recorded() === hash) return { summary: 'unchanged', idle: true }
  return withLock('dependencies', step, async () => {
    if (recorded() === hash) return { summary: 'unchanged', idle: true }
    const record = () => writeFileSync(join(root, 'node_modules', '.dojo-lock'), hash)
    if (isInSync()) {
      record() // somebody ran `npm install` or `npm ci` by hand
      return { summary: 'as the lockfile says', idle: true }
    }
    step(existsSync(join(root, 'node_modules')) ? 'the lockfile changed: npm ci' : 'npm ci')
    await npmCi(line)
    record()
    return 'installed'
  })
}

/** Compares what npm noted down about its last installation with the lockfile. */
export function isInSync(lockText = read('package-lock.json'), notedText = read('node_modules', '.package-lock.json')) {
  if (notedText === undefined) return false
  const wanted = JSON.parse(lockText).packages
  const noted = JSON.parse(notedText).packages
  return Object.entries(wanted).every(([path, { version, optional, devOptional, link }]) => {
    if (path === '' || link) return true
    const there = noted[path]
    // optional packages for other systems are not installed, and that is right
    return there ? there.version === version : Boolean(optional || devOptional)
  })
}

async function npmCi(line) {
  // under `npm start` npm says where it is; that one works where no `npm` is on PATH, and on Windows without a shell
  const cli = process.env.npm_execpath
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn']
  const viaNode = cli && /npm-cli\.[cm]?js$/.test(cli)
  const { code, tail } = viaNode
    ? await run(process.execPath, [cli, ...args], { line })
    : await run('npm', args, { line, shell: process.platform === 'win32' })
  if (code === 0) return
  const text = tail.join('\n')
  const offline = /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network/.test(text)
  const full = /ENOSPC/.test(text)
  throw new SetupError({
    what: 'Installing the dependencies failed',
    why:
      tail
        .filter((words) => /npm error/.test(words))
        .slice(0, 3)
        .join(' | ') || `npm ci ended with ${code}`,
    next: full
      ? 'Free some disk space, then run this again'
      : offline
        ? 'Check that npm reaches its registry (`npm ping`; behind a proxy: `npm config set proxy`), then run this again'
        : 'Run `npm ci` by hand to see more',
  })
}
