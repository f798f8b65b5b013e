import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export interface RunOptions {
  /** Every line of standard output and standard error, as it comes. */
  onLine?: (line: string) => void
  env?: NodeJS.ProcessEnv
  signal?: AbortSignal
  /** Takes standard output instead of onLine: for programs whose output is data. */
  onOutput?: (stdout: Readable) => Promise<unknown>
}

export interface RunResult {
  /** Null when a signal ended it. */
  code: number | null
  /** The last 20 lines, for error messages. */
  tail: string[]
}

/**
 * Runs a program of this machine without a terminal and without a shell, and waits for its end.
 * Rejects when it can't be started; a failure of its own is in `code`.
 */
export async function runProgram(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { onLine, onOutput, env = process.env, signal } = options
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) })
  const tail: string[] = []
  const listen = (stream: Readable) =>
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line)
      if (tail.length > 20) tail.shift()
      onLine?.(line)
    })
  listen(child.stderr)
  const consumed = onOutput ? onOutput(child.stdout) : void listen(child.stdout)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  try {
    const [code] = await Promise.all([ended, consumed])
    return { code, tail }
  } catch (error) {
    child.kill() // nobody reads its output any more
    throw error
  }
}
