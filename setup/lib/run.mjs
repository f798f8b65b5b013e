import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { root } from './paths.mjs'

/**
 * Runs a program without a terminal and waits for its end. Resolves to its exit code (null after a signal) and its
 * last lines; rejects only when it can't be started.
 */
export function run(
  file,
  args,
  { line = () => {}, env = process.env, cwd = root, signal, keep = 40, shell = false } = {},
) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, signal, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    const tail = []
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (raw) => {
        const text = stripVTControlCharacters(raw)
        tail.push(text)
        if (tail.length > keep) tail.shift()
        line(text)
      })
    }
    child.once('error', reject)
    child.once('close', (code, endedBy) => resolve({ code, endedBy, tail }))
  })
}
