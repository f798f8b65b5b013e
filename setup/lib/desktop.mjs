import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dojoHome, root } from './paths.mjs'
import { run } from './run.mjs'

/** A fetch that brings nothing for this long hangs: many networks swallow it instead of refusing it. */
const patienceMs = 20_000

const electron = join(root, 'node_modules', 'electron')
const memory = () => join(dojoHome(), 'desktop.json')
const read = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Null where a window can be opened, else why not. */
export function noDesktop({ platform = process.platform, env = process.env, uid = process.getuid?.() } = {}) {
  if (platform !== 'linux') return env.SSH_CONNECTION ? 'this is an SSH session' : null
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'no desktop here (DISPLAY and WAYLAND_DISPLAY are not set)'
  return uid === 0 ? "the window's sandbox does not work as root" : null
}

/** Path of Electron's program when it is there. */
function installed() {
  const program = read(join(electron, 'path.txt'))
  const path = program && join(electron, 'dist', program)
  return path && existsSync(path) ? path : undefined
}

/**
 * Path of Electron's program, fetched on first use, or the reason why there is none. A failed fetch is remembered, so
 * that only the first start waits for it; `again` forgets that.
 */
export async function ensureElectron({ step, line }, { again = false, nothingForMs = patienceMs } = {}) {
  const there = installed()
  if (there) return { program: there }
  const version = JSON.parse(read(join(electron, 'package.json')) ?? '{}').version
  const before = JSON.parse(read(memory()) ?? '{}')
  if (!again && before.version === version) {
    return { reason: `fetching it failed on ${before.at.slice(0, 10)}; \`npm start -- --desktop\` tries again` }
  }
  step('fetching Electron (once)')
  const reason = await fetchElectron({ step, line }, nothingForMs)
  const fetched = installed()
  if (fetched) {
    rmSync(memory(), { force: true })
    return { program: fetched }
  }
  mkdirSync(dojoHome(), { recursive: true, mode: 0o700 })
  writeFileSync(memory(), JSON.stringify({ version, at: new Date().toISOString(), reason }))
  return { reason: `${reason}; \`npm start -- --desktop\` tries again` }
}

/** Runs Electron's own installer, watched by the bytes that arrive in its temporary folder. */
async function fetchElectron({ step, line }, nothingForMs) {
  const folder = mkdtempSync(join(tmpdir(), 'pg-ha-dojo-electron-'))
  const stalled = new AbortController()
  let bytes = 0
  let movedAt = performance.now()
  const watch = setInterval(
    () => {
      const now = sizeOf(folder)
      if (now !== bytes) movedAt = performance.now()
      bytes = now
      if (bytes > 0) step(`fetching Electron (once): ${Math.round(bytes / 1e6)} MB`)
      if (performance.now() - movedAt > nothingForMs) stalled.abort()
    },
    Math.min(1_000, nothingForMs / 4),
  )
  try {
    const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder }
    const { code, tail } = await run(process.execPath, [join(electron, 'install.js')], {
      env,
      line,
      signal: stalled.signal,
    })
    if (code === 0) return 'the fetch ended without a program'
    return tail.find((words) => /Error|ENOTFOUND|ECONN|status/.test(words))?.trim() ?? `the fetch ended with ${code}`
  } catch (error) {
    return stalled.signal.aborted ? `nothing arrived for ${nothingForMs / 1000} s` : error.message
  } finally {
    clearInterval(watch)
    rmSync(folder, { recursive: true, force: true })
  }
}

function sizeOf(folder) {
  try {
    const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))
    return files.reduce((sum, file) => sum + (statSync(file).isFile() ? statSync(file).size : 0), 0)
  } catch {
    return 0 // a file went away meanwhile
  }
}

/** Opens the window. Resolves when it is closed, or with a reason when it could not even start. */
export function openWindow(program, line) {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const child = spawn(program, [root], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const words = []
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        line(String(data).trimEnd())
        words.push(String(data))
      })
    }
    child.once('error', (error) => resolve({ reason: error.message }))
    child.once('close', (code, signal) => {
      const early = performance.now() - startedAt < 5_000
      const why = /error while loading shared libraries: [^\n]+/.exec(words.join(''))?.[0]
      if (code !== 0 && early) resolve({ reason: why ?? `Electron ended with ${code ?? signal}` })
      else resolve({ code: code ?? 1 })
    })
  })
}

/** Opens an address in the person's browser; false when nothing here can. */
export function openBrowser(url) {
  const [program, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]]
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false
  const child = spawn(program, args, { detached: true, stdio: 'ignore' })
  child.once('error', () => {}) // no such program: the address is printed anyway
  child.unref()
  return true
}
