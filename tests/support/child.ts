import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'

export interface Script extends AsyncDisposable {
  /** Starts it; `until` resolves when it has written that line. */
  start(...args: string[]): { process: ChildProcess; until(line: string): Promise<void>; ended: Promise<void> }
}

/** Bundles a TypeScript file into a program that a test can start as a process of its own, and kill. */
export async function scriptOf(entry: string): Promise<Script> {
  const root = join(import.meta.dirname, '..', '..')
  const folder = await mkdtemp(join(root, 'node_modules', '.dojo-test-script-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'script.mjs' } },
    },
  })
  return {
    start(...args) {
      const child = spawn(process.execPath, [join(folder, 'script.mjs'), ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const lines = new Set<string>()
      const waiting = new Map<string, () => void>()
      let errors = ''
      child.stderr!.on('data', (chunk: Buffer) => (errors += chunk))
      createInterface({ input: child.stdout! }).on('line', (line) => {
        lines.add(line)
        waiting.get(line)?.()
      })
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      return {
        process: child,
        ended,
        until: (line) =>
          new Promise((resolve, reject) => {
            if (lines.has(line)) return resolve()
            waiting.set(line, resolve)
            void ended.then(() => reject(new Error(`it ended before "${line}": ${errors}`)))
          }),
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
