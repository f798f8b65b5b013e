import type { TerminalOutput, TerminalView } from '../../src-main/contract/terminal.js'
import type { DojoClient, Failure } from '../app/connection.js'
import { subscribe } from '../app/streams.js'
import { createAcknowledger, createInput } from './flow.js'

/** What draws a terminal. */
export interface Screen {
  /** Calls back once the text is parsed, which is what the server waits for. */
  draw(text: string, drawn: () => void): void
  /** So many bytes were dropped before what comes next. */
  skipped(bytes: number): void
  state(state: TerminalView['state'], why: string): void
  /** History is drawn; what comes from here on is new. Once. */
  caughtUp(): void
  /** The terminal is no more, or can't be had. */
  ended(failure: Failure | null): void
}

/** The line between a terminal in src-main and its screen. It reconnects by itself and goes on where it was. */
export interface Feed {
  input(data: string): void
  /** True while history is drawn: what the screen would answer to it was answered long ago. */
  replaying(): boolean
  stop(): void
}

export function openFeed(client: DojoClient, id: string, screen: Screen, listen = subscribe): Feed {
  let received = 0
  let drawn = 0
  let historyEnd: number | null = null
  let isNew = false
  const caughtUp = (): void => {
    if (isNew || historyEnd === null || drawn < historyEnd) return
    isNew = true
    screen.caughtUp()
  }
  const acks = createAcknowledger((upTo) => client.terminals.ack({ id, upTo }))
  const onOutput = (message: TerminalOutput): void => {
    if (message.k === 'state') {
      historyEnd ??= message.at ?? 0
      screen.state(message.state, message.why)
      caughtUp()
    } else if (message.k === 'reset') {
      // nothing was drawn yet: a page that was reloaded shows what there is, without a word
      if (received > 0) screen.skipped(Math.max(0, message.from - received))
      received = message.from
      drawn = Math.max(drawn, received)
    } else {
      received = message.from + message.bytes
      acks.received(received)
      const end = received
      screen.draw(message.data, () => {
        drawn = end
        acks.drawn(end)
        caughtUp()
      })
    }
  }
  const stop = listen((via, signal) => via.terminals.watch({ id, from: received }, { signal }), {
    onValue: onOutput,
    onEnd: (failure) => screen.ended(failure),
  })
  return {
    input: createInput((data) => client.terminals.write({ id, data })),
    replaying: () => !isNew,
    stop,
  }
}
