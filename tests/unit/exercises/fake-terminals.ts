import type { TerminalOutput } from '../../../src-main/contract/terminal.js'
import type { ProofWorld } from '../../../src-main/exercises/index.js'

type Terminals = ProofWorld['terminals']

export interface FakeTerminals extends Terminals {
  /** Lines that were typed, with their host. */
  typed: string[]
}

/** Terminals with a shell in them that knows a few lines: what `run` returns is shown, and it may change the world. */
export function fakeTerminals(
  run: (host: string | null, line: string) => { output: string; code?: number },
): FakeTerminals {
  const open = new Map<
    string,
    { host: string | null; text: string; wake: Set<() => void>; code: number; line: string }
  >()
  const typed: string[] = []
  const promptOf = (host: string | null): string =>
    host === null ? 'app=> ' : `\u001b[0;90mpostgres@${host}:~$\u001b[0;97m `
  const show = (id: string, data: string): void => {
    const terminal = open.get(id)
    if (!terminal) return
    terminal.text += data
    for (const wake of terminal.wake) wake()
  }
  return {
    typed,
    async open({ lab, host, kind = 'shell' }) {
      const id = `t${open.size}`
      open.set(id, { host, text: '', wake: new Set(), code: 0, line: '' })
      setTimeout(() => show(id, promptOf(host)), 5)
      return { id, lab, host, kind, title: 't', state: 'open' }
    },
    async *watch(id, from, signal): AsyncGenerator<TerminalOutput> {
      const terminal = open.get(id)!
      let at = from
      while (!signal.aborted) {
        if (at < terminal.text.length) {
          const data = terminal.text.slice(at)
          yield { k: 'data', from: at, bytes: data.length, data }
          at += data.length
        } else {
          await new Promise<void>((resolve) => {
            terminal.wake.add(resolve)
            signal.addEventListener('abort', () => resolve(), { once: true })
          })
        }
      }
    },
    ack: () => undefined,
    write(id, data) {
      const terminal = open.get(id)!
      const line = data.replace(/\r$/, '')
      show(id, `${line}\r\n`)
      if (line.startsWith('echo "exit=')) return show(id, `exit=${terminal.code}\r\n${promptOf(terminal.host)}`)
      typed.push(`${terminal.host ?? 'client'}: ${line}`)
      const { output, code = 0 } = run(terminal.host, line)
      terminal.code = code
      show(id, `${output}\r\n${promptOf(terminal.host)}`)
    },
    close: async (id) => void open.delete(id),
  }
}
