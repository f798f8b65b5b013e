import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pino, type Logger } from 'pino'

/** A log is for the last few days of one person: above this it becomes `<file>.1` when it is opened. */
const rotateAboveBytes = 8 * 1024 * 1024

const known = new Set<string>()

/** Tells the log about values that may never be written: call it wherever credentials are read or made. */
export function keepSecret(...values: readonly string[]): void {
  // shorter ones would black out ordinary words, and no generated secret is that short
  for (const value of values) if (value.length >= 6) known.add(value)
}

const namedSecret =
  /((?:password|passwd|secret|token|authorization)"?\s*[:=]\s*\\?"?'?(?:Bearer |Basic )?)([^"'\\\s,}&]+)/gi
const urlSecret = /([a-z][a-z0-9+]*:\/\/[^\s:/@"]*:)([^\s@/"]+)(@)/gi

/** A line without the secrets: those told to `keepSecret`, those named as such, and passwords inside URLs. */
export function scrub(line: string): string {
  let clean = line
  for (const secret of known) {
    clean = clean.replaceAll(secret, '***')
    const escaped = JSON.stringify(secret).slice(1, -1)
    if (escaped !== secret) clean = clean.replaceAll(escaped, '***')
  }
  return clean.replace(urlSecret, '$1***$3').replace(namedSecret, '$1***')
}

let file: string | null = null

const destination = {
  write(line: string): void {
    if (process.env['DOJO_LOG'] === 'stderr') process.stderr.write(scrub(line))
    if (!file) return
    try {
      appendFileSync(file, scrub(line), { mode: 0o600 })
    } catch {
      // a full disk or a removed folder must not take the app down with its log
      file = null
    }
  },
}

/**
 * The one log of a process. Silent until `logTo` names a file (`DOJO_LOG=stderr` shows it on the terminal as well;
 * `DOJO_LOG_LEVEL` sets the level). JSON lines; secrets are removed before they are written.
 */
export const rootLog: Logger = pino({ level: process.env['DOJO_LOG_LEVEL'] ?? 'info', base: null }, destination)

/** A logger for one part of the app, for example `logFor('faults')`. */
export const logFor = (area: string): Logger => rootLog.child({ area })

/** Sends the log to a file from now on; makes its folder, and rotates a file that has grown too big. */
export function logTo(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (existsSync(path) && statSync(path).size > rotateAboveBytes) renameSync(path, `${path}.1`)
  file = path
}
