import { setTimeout as pause } from 'node:timers/promises'
import type { TerminalOutput } from '../contract/terminal.js'
import type { TerminalState } from './life.js'
import { createRing } from './ring.js'
import { createWindow } from './window.js'

/** 10,000 lines of 200 characters: what the screen keeps of a scrollback. */
const historyBytes = 2 * 1024 * 1024
/**
 * Must stay well below the history, so that what is unacknowledged is always still there. Half of it gave 0.5 to 0.6 of
 * docker exec's throughput on a busy machine instead of 0.8 to 0.9: the engine is then stopped and started more often.
 */
const windowBytes = 1024 * 1024
/** One message. Larger ones would make typing wait behind a flood. */
const messageBytes = 64 * 1024
/**
 * A pseudo-terminal gives a flood in pieces of 4 KiB, and a message costs as much as tens of KiB in it. So a message
 * that follows another within this time waits for company. What comes after a silence, as an echo does, never waits.
 */
const gatherMs = 4
const gatherBytes = 32 * 1024

/** The output side of a terminal: what came, what is on its way, and everyone who watches. */
export interface Output {
  /** True while the source must not be read. */
  readonly full: boolean
  append(bytes: Uint8Array | string): void
  /** Everyone is told of a change of state, after the output that came before it. */
  say(state: TerminalState, why: string): void
  acknowledged(upTo: number, watcher?: string): void
  /**
   * The present state first, then output from `from` on (a `reset` where that is gone), as it comes. Ends with the
   * signal, or when the terminal is closed. Watching holds the source to the pace of the acknowledgements.
   */
  watch(from: number, watcher: string, signal: AbortSignal): AsyncGenerator<TerminalOutput, void, undefined>
  /** No more will come: watchers get the rest, and end. */
  finish(): void
}

export function createOutput(onWindow: (full: boolean) => void, limits = { historyBytes, windowBytes }): Output {
  const ring = createRing(limits.historyBytes)
  const window = createWindow({ limitBytes: limits.windowBytes, onChange: onWindow })
  const wakers = new Set<() => void>()
  let told = { state: 'connecting' as TerminalState, why: '', version: 0 }
  let finished = false
  const wake = (): void => {
    for (const waker of wakers) waker()
    wakers.clear()
  }

  async function* watch(
    from: number,
    watcher: string,
    signal: AbortSignal,
  ): AsyncGenerator<TerminalOutput, void, undefined> {
    let at = from
    let known = -1
    let sentAt = -Infinity
    let detach = (): void => undefined
    const onAbort = (): void => wake()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      // an offset from the future belongs to an earlier life of the app
      let lost = at > ring.end ? 'another session' : at < ring.start ? 'older output is gone' : null
      if (lost) at = ring.resumeAt()
      detach = window.attach(watcher, at)
      while (!signal.aborted) {
        if (known !== told.version) {
          known = told.version
          yield { k: 'state', state: told.state, why: told.why, at: ring.end }
          continue
        }
        if (at < ring.start) {
          // only a watcher whose acknowledgements another one made for it can fall this far behind
          lost = 'older output is gone'
          at = ring.resumeAt()
        }
        if (lost) {
          yield { k: 'reset', from: at, why: lost }
          lost = null
          continue
        }
        if (ring.end - at < gatherBytes && performance.now() - sentAt < gatherMs) {
          await pause(gatherMs)
          sentAt = -Infinity
          continue
        }
        const { text, bytes } = ring.text(at, messageBytes)
        if (bytes > 0) {
          const message = { k: 'data' as const, from: at, bytes, data: text }
          at += bytes
          yield message
          sentAt = performance.now()
          continue
        }
        if (finished) return
        await new Promise<void>((resolve) => wakers.add(resolve))
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      detach()
    }
  }

  return {
    get full() {
      return window.full
    },
    append(bytes) {
      ring.append(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
      window.produced(ring.end)
      wake()
    },
    say(state, why) {
      told = { state, why, version: told.version + 1 }
      wake()
    },
    acknowledged: (upTo, watcher) => window.acknowledged(upTo, watcher),
    watch,
    finish() {
      finished = true
      wake()
    },
  }
}
