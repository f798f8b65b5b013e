import { setTimeout as pause } from 'node:timers/promises'
import type { HostState } from '../contract/cluster.js'
import { DojoError } from '../contract/errors.js'
import type { TerminalOutput, TerminalView } from '../contract/terminal.js'
import type { LabHandle, Tty } from '../lab/handle.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import type { TerminalCommand } from './command.js'
import { whyGone } from './hosts.js'
import { createInputLines, type InputLine } from './input-lines.js'
import { after, type TerminalEvent, type TerminalState } from './life.js'
import { notes } from './notes.js'
import { createOutput } from './output.js'

const log = logFor('terminal')
/** What is typed before the shell is there; a person types less, a paste waits for its own answers. */
const earlyInputChars = 64 * 1024
/** The end of a shell may be seen before the end of its host: for so long it may still be the host's. */
const hostMayFollowMs = 3_000
/** The last bytes of a host that went down: waited for before a new session writes behind them. */
const lastBytesWithinMs = 1_000
const againAfterMs = 300
const stateReadsAfterMs = [0, 150, 300] as const

export interface SessionOptions {
  view: Pick<TerminalView, 'id' | 'lab' | 'host' | 'kind' | 'title'>
  handle: Pick<LabHandle, 'tty' | 'hostStates'>
  command: TerminalCommand
  cols: number
  rows: number
  /** A line was sent with Enter. */
  onLine?: (line: InputLine) => void
}

/** One terminal, from its opening until it is closed, over all the shells that its host's crashes cost. */
export interface Session {
  view(): TerminalView
  watch(from: number, watcher: string, signal: AbortSignal): AsyncIterable<TerminalOutput>
  acknowledged(upTo: number, watcher?: string): void
  write(data: string): void
  /** Resolves when the shell's side has taken what was written: a large paste waits for it, piece by piece. */
  drained(): Promise<void>
  resize(cols: number, rows: number): Promise<void>
  /** Told by the engine, about the host that this terminal is on. */
  onHost(state: HostState): void
  /** Sends HUP to the shell. Resolves to false when a frozen host can't take it yet: then `onHost` sends it later. */
  close(): Promise<boolean>
}

/** One shell's stream, until it is over. */
interface Line {
  tty: Tty
  over: Promise<void>
  hostSince: number | undefined
}

export function createSession({ view, handle, command, cols, rows, onLine }: SessionOptions): Session {
  const { host } = command
  const where = { lab: view.lab, host, terminal: view.id }
  const output = createOutput((full) => (full ? line?.tty.output.pause() : line?.tty.output.resume()))
  const input = onLine && createInputLines(onLine)
  let state: TerminalState = 'connecting'
  let line: Line | null = null
  let hostNow: HostState | null = null
  let size = { cols, rows }
  let early = ''
  let endedAt = 0
  let writing: Promise<void> = Promise.resolve()
  let closed = false
  let wasGone = false
  let openings = 0
  let owedHangUp: Tty | null = null

  /** @returns whether the event changed anything */
  const on = (event: TerminalEvent, why = ''): boolean => {
    const next = closed ? state : after(state, event)
    if (next === state) return false
    log.info({ ...where, from: state, to: next, why }, `terminal: ${event}`)
    state = next
    output.say(state, why)
    if (next === 'connecting') void connect()
    return true
  }

  const connect = async (triesLeft = 10): Promise<void> => {
    // a host that went and came back while this one opened has begun another
    const mine = ++openings
    const isStale = (): boolean => closed || state !== 'connecting' || mine !== openings
    try {
      if (line) await Promise.race([line.over, pause(lastBytesWithinMs)])
      line = null
      const options = { user: command.user, env: command.env, ...size }
      const tty = await logged(log, 'open a terminal', where, () => handle.tty(host, command.argv, options))
      if (isStale()) return await tty.close()
      if (wasGone) output.append(notes.reconnected(host))
      wasGone = false
      adopt(tty, options)
    } catch (error) {
      if (isStale()) return
      const down = error instanceof DojoError && error.code === 'host-down'
      const seen = down
        ? await handle.hostStates().then(
            (states) => states[host],
            () => undefined,
          )
        : undefined
      if (seen && seen.container !== 'running') return onHost(seen)
      if (down && triesLeft > 0) {
        await pause(againAfterMs) // between "started" and "takes a command" there is a moment
        return isStale() ? undefined : connect(triesLeft - 1)
      }
      const said = error instanceof DojoError ? error.said : { what: `${host} gave no terminal`, why: String(error) }
      if (on('refused', said.why)) output.append(notes.refused(`${said.what}: ${said.why}`))
    }
  }

  const adopt = (tty: Tty, opened: { cols: number; rows: number }): void => {
    const over = new Promise<void>((resolve) => {
      for (const end of ['end', 'close', 'error']) tty.output.once(end, resolve)
    })
    const mine: Line = { tty, over, hostSince: hostNow?.since }
    line = mine
    tty.output.on('data', (bytes: Buffer) => {
      if (line !== mine) return
      output.append(bytes)
      input?.shown(bytes)
    })
    if (output.full) tty.output.pause()
    void over.then(() => (line === mine ? ended(mine) : undefined))
    on('opened')
    if (opened.cols !== size.cols || opened.rows !== size.rows) void tty.resize(size.cols, size.rows)
    if (early) writing = tty.write(early)
    early = ''
  }

  /** Whose end was it: the shell's, or its host's, whose own end is told a moment later? */
  const ended = async (mine: Line): Promise<void> => {
    endedAt = Date.now()
    for (const ms of stateReadsAfterMs) {
      await pause(ms)
      const seen = await handle.hostStates().then(
        (states) => states[host],
        () => null,
      )
      if (closed || line !== mine || (state !== 'open' && state !== 'host-frozen')) return
      if (seen === null) return goDown('can not be reached: the engine does not answer')
      if (seen === undefined || seen.container === 'exited' || seen.container === 'missing') {
        return goDown(seen ? whyGone(seen) : 'was removed')
      }
      if (mine.hostSince !== undefined && seen.since > mine.hostSince) {
        goDown('went down and came back')
        return void on('host-back')
      }
    }
    line = null
    if (on('shell-ended', 'the session ended')) output.append(notes.ended())
  }

  const goDown = (why: string): void => {
    const last = line
    if (!on('host-gone', `${host} ${why}`)) return
    wasGone = true
    const say = (): void => output.append(notes.hostGone(host, why))
    if (last) last.over = Promise.race([last.over, pause(lastBytesWithinMs)]).then(say)
    else say()
  }

  const onHost = (seen: HostState): void => {
    hostNow = seen
    if (seen.container === 'running') {
      if (owedHangUp) void owedHangUp.close()
      owedHangUp = null
      if (state === 'host-frozen' && line) {
        line.hostSince = seen.since
        on('host-thawed')
      } else if (state === 'host-frozen' || state === 'host-down') on('host-back')
    } else if (seen.container === 'paused') {
      if (state !== 'closed') on('host-frozen', `${host} is frozen: what you type reaches it when it runs again`)
    } else if (state !== 'closed' || Date.now() - endedAt < hostMayFollowMs) goDown(whyGone(seen))
  }

  void connect()
  return {
    view: () => ({ ...view, state }),
    watch: (from, watcher, signal) => output.watch(from, watcher, signal),
    acknowledged: (upTo, watcher) => output.acknowledged(upTo, watcher),
    write(data) {
      if (closed) return
      if (state === 'open' || state === 'connecting') input?.typed(data)
      if (state === 'closed' && data.includes('\r')) on('restart')
      else if (state === 'connecting') early = (early + data).slice(0, earlyInputChars)
      else if (state !== 'host-down' && line) writing = line.tty.write(data)
    },
    drained: () => writing,
    async resize(columns, lines) {
      size = { cols: columns, rows: lines }
      await line?.tty.resize(columns, lines)
    },
    onHost,
    async close() {
      if (closed) return true
      closed = true
      state = 'closed'
      output.say(state, 'this terminal was closed')
      output.finish()
      const tty = line?.tty
      if (!tty) return true
      if (hostNow?.container === 'paused') {
        owedHangUp = tty // a frozen host runs nothing, not even what would end the shell
        return false
      }
      await logged(log, 'close a terminal', where, () => tty.close())
      return true
    },
  }
}
