import { createTerminals, type TerminalOpen } from '../terminal/index.js'
import { openLab } from '../lab/labs.js'
import { wrongUsage } from './failure.js'
import type { Io } from './io.js'

/** The person's side of a terminal; tests give pipes. */
export interface Person {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
}

/** Ctrl+C and Ctrl+D, as a terminal in raw mode sends them. */
const leaves = ['\u0003', '\u0004']

/**
 * Connects the person's terminal with one on a host until its shell ends. While the host is down, Ctrl+C or Ctrl+D leaves;
 * when it comes back, so does the shell.
 */
export async function attach(
  open: Omit<TerminalOpen, 'cols' | 'rows'>,
  io: Io,
  { input, output }: Person = { input: process.stdin, output: process.stdout },
): Promise<void> {
  if (!input.isTTY || !output.isTTY) {
    const how =
      open.kind === 'psql' ? `dojo psql ${open.lab} -- -c 'select 1'` : `dojo exec ${open.lab} ${open.host} -- COMMAND`
    throw wrongUsage('A terminal is needed here', 'standard input or output is none', `Without one, use \`${how}\``)
  }
  const terminals = createTerminals((lab) => openLab(lab), { ownScreen: false })
  const size = (): { cols: number; rows: number } => ({ cols: output.columns || 80, rows: output.rows || 24 })
  const view = await terminals.open({ ...open, ...size() })
  const ended = new AbortController()
  let state: string = view.state
  const onInput = (data: Buffer): void => {
    const typed = data.toString('utf8')
    if (state !== 'open' && state !== 'connecting' && leaves.some((key) => typed.includes(key))) return ended.abort()
    terminals.write(view.id, typed)
  }
  const onResize = (): void => void terminals.resize(view.id, size().cols, size().rows)
  // a terminal that is closed over our head must not leave the shell running
  const onHangUp = (): void => ended.abort()
  process.on('SIGHUP', onHangUp)
  process.on('SIGTERM', onHangUp)
  input.setRawMode(true)
  input.on('data', onInput)
  input.resume()
  output.on('resize', onResize)
  try {
    for await (const told of terminals.watch(view.id, 0, ended.signal)) {
      if (told.k === 'data') {
        await new Promise<void>((resolve) => output.write(told.data, () => resolve()))
        terminals.ack(view.id, told.from + told.bytes)
      } else if (told.k === 'state') {
        state = told.state
        if (state === 'closed') break
        if (state === 'host-down' || state === 'host-frozen') io.err(`\r\n[${told.why}; Ctrl+C leaves]\r\n`)
      }
    }
  } finally {
    input.off('data', onInput)
    input.setRawMode(false)
    input.pause()
    output.off('resize', onResize)
    process.off('SIGHUP', onHangUp)
    process.off('SIGTERM', onHangUp)
    await terminals.closeAll()
  }
}
