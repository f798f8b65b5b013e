import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { dojoHome } from './paths.mjs'

const titleWidth = 14
const rotateAboveBytes = 4 * 1024 * 1024

/**
 * Says in one line per phase what set-up does and how long it took; everything else goes to a log file.
 * `eager: false` says nothing about phases that had nothing to do, for commands whose own output matters.
 */
export function createReport({ out = process.stdout, eager = true } = {}) {
  const logFile = openLog()
  const log = (line) => {
    try {
      appendFileSync(logFile, `${line}\n`)
    } catch {
      // a full disk is reported by the phase that needs the disk
    }
  }
  const live = out.isTTY === true
  const width = () => Math.max(40, (out.columns ?? 160) - 1)
  const cut = (line) => (line.length > width() ? `${line.slice(0, width() - 1)}…` : line)
  const clear = () => live && out.write('\r\x1b[2K')

  /**
   * Runs one phase. `work` gets `step` (said as it happens) and `line` (for the log, shown only on a terminal), and
   * returns the words for the finished line, or `{ summary, idle: true }` when there was nothing to do.
   */
  async function phase(title, work) {
    const startedAt = performance.now()
    const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1)
    const head = `  ${title.padEnd(titleWidth)}  `
    let current = ''
    let latest = ''
    let shownAt = 0
    const now = () => cut(`${head}${seconds()} s  ${current}${latest && `: ${latest}`}`)
    const show = () => {
      clear()
      out.write(now())
      shownAt = performance.now()
    }
    const step = (words) => {
      log(`[${title}] ${words}`)
      if (words === current) return
      current = words
      latest = ''
      if (live) show()
      else out.write(`${cut(`${head}${words}`)}\n`)
    }
    const line = (text) => {
      log(`[${title}]   ${text}`)
      latest = text.trim() || latest
      if (live && current && performance.now() - shownAt > 200) show()
    }
    // without a terminal, one line a minute says that it goes on: some runners end what is silent for too long
    const tick = () => (live ? show() : out.write(`${now()}\n`))
    const ticking = setInterval(() => current && tick(), live ? 500 : 60_000)
    ticking.unref()
    log(`[${title}] begins ${new Date().toISOString()}`)
    try {
      const result = await work({ step, line })
      const { summary, idle = false } = typeof result === 'string' ? { summary: result } : result
      log(`[${title}] done in ${seconds()} s: ${summary}`)
      clear()
      if (eager || !idle) out.write(`${head}${summary}  ${seconds()} s\n`)
    } catch (error) {
      log(`[${title}] failed after ${seconds()} s: ${error?.stack ?? String(error)}`)
      clear()
      out.write(`${head}failed after ${seconds()} s\n`)
      throw error
    } finally {
      clearInterval(ticking)
    }
  }

  return { phase, log, logFile, out }
}

function openLog() {
  const folder = join(dojoHome(), 'logs')
  const file = join(folder, 'setup.log')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (existsSync(file) && statSync(file).size > rotateAboveBytes) renameSync(file, `${file}.1`)
    appendFileSync(file, `\n== ${new Date().toISOString()} ${process.argv.slice(1).join(' ')}\n`)
  } catch {
    // a home that can't be written is reported by the app, which needs it
  }
  return file
}
