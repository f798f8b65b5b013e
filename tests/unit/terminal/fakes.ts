import { PassThrough } from 'node:stream'
import type { HostState } from '../../../src-main/contract/cluster.js'
import type { TerminalOutput } from '../../../src-main/contract/terminal.js'
import { DojoError } from '../../../src-main/contract/errors.js'
import type { LabHandle, Tty } from '../../../src-main/lab/handle.js'

export class FakeTty implements Tty {
  readonly output = new PassThrough({ highWaterMark: 16 * 1024 })
  readonly written: string[] = []
  readonly sizes: string[] = []
  hangUps = 0
  /** Set: takes nothing more until it is called. */
  release: (() => void) | null = null
  blocked = false
  write(data: string): Promise<void> {
    this.written.push(data)
    return this.blocked ? new Promise((resolve) => (this.release = resolve)) : Promise.resolve()
  }
  async resize(cols: number, rows: number): Promise<void> {
    this.sizes.push(`${cols}x${rows}`)
  }
  async close(): Promise<void> {
    this.hangUps++
    this.output.destroy()
  }
}

/** A host whose state the test decides, and the ttys that it gave. */
export function fakeHost(name = 'pg1') {
  let state: HostState = { container: 'running', since: 1 }
  let since = 1
  const listeners = new Set<(change: { host: string; state: HostState }) => void>()
  const ttys: FakeTty[] = []
  const asked: Parameters<LabHandle['tty']>[] = []
  let opening: Promise<void> = Promise.resolve()
  const handle = {
    info: {
      lab: 'pw-1',
      hosts: [{ name }, { name: 'proxy' }],
      spec: { client: { readWrite: { host: 'proxy', port: 5000 } } },
    },
    credentials: async () => ({ app: { username: 'app', password: 'secret-1', database: 'dojo' } }),
    async tty(...args: Parameters<LabHandle['tty']>) {
      asked.push(args)
      if (state.container !== 'running') {
        throw new DojoError('host-down', { what: `${name} is down`, why: state.container, next: 'Start it' })
      }
      const tty = new FakeTty()
      ttys.push(tty)
      await opening
      return tty
    },
    hostStates: async () => ({ [name]: state }),
    async *watchHosts(signal: AbortSignal) {
      const queue = [{ host: name, state }]
      let wake = (): void => undefined
      const listener = (change: { host: string; state: HostState }): void => {
        queue.push(change)
        wake()
      }
      listeners.add(listener)
      signal.addEventListener('abort', () => wake())
      while (!signal.aborted) {
        const next = queue.shift()
        if (next) yield next
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
  const change = (next: Omit<HostState, 'since'>): void => {
    state = { ...next, since: ++since }
    for (const listener of listeners) listener({ host: name, state })
  }
  return {
    handle: handle as unknown as LabHandle,
    ttys,
    asked,
    crash: () => {
      change({ container: 'exited', how: 'killed' })
      for (const tty of ttys) tty.output.end()
    },
    /** As an engine under load does: the stream ends first, the news comes later. */
    crashSilently: () => {
      state = { container: 'exited', how: 'killed', since: ++since }
      for (const tty of ttys) tty.output.end()
    },
    /** Shells open only once the returned function is called. */
    hold: (): (() => void) => {
      let release = (): void => undefined
      opening = new Promise((resolve) => (release = resolve))
      return release
    },
    freeze: () => change({ container: 'paused' }),
    run: () => change({ container: 'running' }),
  }
}

/** What a watch has told so far; acknowledges at once unless told not to. */
export function collect(stream: AsyncIterable<TerminalOutput>, onData: (end: number) => void = () => undefined) {
  const seen: TerminalOutput[] = []
  const done = (async () => {
    for await (const message of stream) {
      seen.push(message)
      if (message.k === 'data') onData(message.from + message.bytes)
    }
  })()
  return {
    seen,
    done,
    text: () => seen.map((message) => (message.k === 'data' ? message.data : '')).join(''),
    state: () => seen.findLast((message) => message.k === 'state')?.state,
    states: () => seen.flatMap((message) => (message.k === 'state' ? [message.state] : [])),
  }
}
