import { z } from 'zod'
import { labName } from './names.js'

export const terminalKind = z.enum(['shell', 'root', 'psql']).describe('psql without a host: the client write route')

export const terminalOpen = z.object({
  lab: labName,
  host: z.string().nullable(),
  kind: terminalKind.default('shell'),
  cols: z.int().min(2).max(500),
  rows: z.int().min(2).max(300),
})

export const terminalView = z.object({
  id: z.string(),
  lab: z.string(),
  host: z.string().nullable(),
  kind: terminalKind,
  title: z.string(),
  state: z.enum(['connecting', 'open', 'host-down', 'host-frozen', 'closed']),
})
export type TerminalView = z.infer<typeof terminalView>

/**
 * What the terminal stream carries. `data` is UTF-8 text cut at character borders; `from` its offset in bytes of the
 * whole output, so that a client that reconnects asks for the rest. The client acknowledges bytes that xterm has
 * parsed; the server stops reading the source while more than a window is unacknowledged. `state` comes first, with
 * the offset where the output ends `at` that moment: what lies before it is history, to be drawn but not answered.
 */
export const terminalOutput = z.discriminatedUnion('k', [
  z.object({ k: z.literal('data'), from: z.number(), bytes: z.number(), data: z.string() }),
  z.object({ k: z.literal('reset'), from: z.number(), why: z.string() }),
  z.object({ k: z.literal('state'), state: terminalView.shape.state, why: z.string(), at: z.number().optional() }),
])
export type TerminalOutput = z.infer<typeof terminalOutput>
