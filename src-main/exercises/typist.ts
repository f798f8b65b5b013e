import { stripVTControlCharacters } from 'node:util'
import type { terminalKind } from '../contract/terminal.js'
import { waitFor } from '../util/wait-for.js'
import type { z } from 'zod'
import type { ProofWorld } from './world.js'

export interface Typed {
  /** What was on screen from the typed line on, without control sequences. */
  output: string
  ok: boolean
}

export interface TypedLine {
  host: string | null
  kind: z.infer<typeof terminalKind>
  text: string
  withinMs: number
  /** It asks back: interrupted at its first question. */
  asks?: boolean
}

// the last thing on screen, with nothing after it: the shell, or psql, waits for the next line
const prompts = { shell: /\w@[\w-]+:[^\n]*\$ $/, root: /\w@[\w-]+:[^\n]*# $/, psql: /\w[=^][>#] $/ }
const question = /(: |\?|\])\s?$/

/**
 * Types a line into a terminal of its own, as a person would: waits for the prompt, types, presses Enter, and waits until
 * the prompt is back. In a shell the exit code is asked for afterwards.
 */
export async function typeLine(world: ProofWorld, line: TypedLine, signal: AbortSignal): Promise<Typed> {
  const { lab, terminals } = world
  const { id } = await terminals.open({ lab, host: line.host, kind: line.kind, cols: 220, rows: 50 })
  const stop = new AbortController()
  let text = ''
  const reading = (async () => {
    for await (const message of terminals.watch(id, 0, stop.signal, 'proof')) {
      if (message.k !== 'data') continue
      text += message.data
      terminals.ack(id, message.from + message.bytes, 'proof')
    }
  })()
  const shown = (from = 0): string => stripVTControlCharacters(text.slice(from)).replaceAll('\r', '')
  const until = (what: string, holds: () => boolean, withinMs: number): Promise<boolean> =>
    waitFor(holds, Boolean, {
      what: `${what} in a terminal on ${line.host ?? "the client's route"}`,
      withinMs,
      everyMs: 20,
      signal,
      describe: () => JSON.stringify(shown().slice(-200)),
    })
  const prompt = prompts[line.kind]
  const enter = async (typed: string, withinMs: number): Promise<string> => {
    const from = text.length
    terminals.write(id, `${typed}\r`)
    await until(`"${typed}" to end`, () => /\n/.test(shown(from)) && prompt.test(shown(from)), withinMs)
    return shown(from)
  }
  try {
    await until('the prompt', () => prompt.test(shown()), 20_000)
    if (line.asks) {
      const from = text.length
      terminals.write(id, `${line.text}\r`)
      await until('a question', () => /\n/.test(shown(from)) && question.test(shown(from)), line.withinMs)
      const asked = shown(from)
      terminals.write(id, '\u0003')
      await until('the prompt', () => prompt.test(shown(from)), 10_000)
      return { output: asked, ok: true }
    }
    const output = await enter(line.text, line.withinMs)
    if (line.kind === 'psql') return { output, ok: !/^(ERROR|FATAL|psql: error)/m.test(output) }
    const code = /exit=(\d+)/.exec((await enter('echo "exit=$?"', 10_000)).split('\n').slice(1).join('\n'))?.[1]
    return { output, ok: code === '0' }
  } finally {
    await terminals.close(id)
    stop.abort()
    await reading.catch(() => undefined)
  }
}
