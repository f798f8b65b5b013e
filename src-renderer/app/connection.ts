import { createORPCClient, ORPCError, type ClientLink } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../../src-main/contract/rpc.js'
import { NoTransport, openPort, openSocket, type Transport } from './transport.js'

export type DojoClient = ContractRouterClient<Contract>

/** `no-token` and `refused` need the address that the host printed; the others pass by themselves. */
export type ConnectionState = 'connecting' | 'live' | 'offline' | 'refused' | 'no-token'

export interface Connection {
  /**
   * The typed client. A call that is made while there is no connection waits for one; a call that the connection's end
   * interrupts rejects, because nobody knows whether it was done. Streams: use `useStream` or `subscribe` instead.
   */
  client: DojoClient
  state(): ConnectionState
  onState(listener: (state: ConnectionState) => void): () => void
  /** Resolves at once while connected, otherwise with the next connection. */
  live(signal?: AbortSignal): Promise<void>
  close(): void
}

/** What an expected failure says. `code` is one of contract/errors.ts, or `disconnected`. */
export interface Failure {
  code: string
  what: string
  why: string
  next: string
}

/** So long a press waits for a connection. Later it would surprise: a host that crashes minutes after the button. */
const longestWaitMs = 5_000

/** A press found no connection, and none came soon: nothing was sent. */
export class NotConnected extends Error {}

/** Turns whatever a call or a stream rejected with into words for the screen. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ORPCError && error.code === 'DOJO') return error.data as Failure
  if (error instanceof ORPCError) {
    return { code: 'internal', what: 'The app refused this', why: error.message, next: 'Try again, or reload the page' }
  }
  if (error instanceof NotConnected) {
    return {
      code: 'disconnected',
      what: 'This window is not connected to the app',
      why: `no connection came back within ${longestWaitMs / 1000} s; nothing was asked for, so that it does not happen later`,
      next: 'Wait until the window is connected again, and try again',
    }
  }
  return {
    code: 'disconnected',
    what: 'The connection to the app was interrupted',
    why: 'whether it was done is not known',
    next: 'Wait for the connection, look, and try again if needed',
  }
}

const firstRetryMs = 150
const longestRetryMs = 3_000

/** Connects now, and again whenever the connection ends. `open` is given for tests. */
export function createConnection(open: (() => Promise<Transport>) | 'no-token'): Connection {
  let state: ConnectionState = open === 'no-token' ? 'no-token' : 'connecting'
  let transport: Transport | null = null
  let closed = false
  let wake: (() => void) | null = null
  const listeners = new Set<(state: ConnectionState) => void>()
  const set = (next: ConnectionState): void => {
    if (next === state) return
    state = next
    for (const listener of listeners) listener(next)
  }
  const onState = (listener: (state: ConnectionState) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const live = (signal?: AbortSignal): Promise<void> => {
    if (transport) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const stop = onState((now) => now === 'live' && done(resolve))
      const onAbort = (): void => done(() => reject(signal?.reason as Error))
      const done = (settle: () => void): void => {
        stop()
        signal?.removeEventListener('abort', onAbort)
        settle()
      }
      if (signal?.aborted) return onAbort()
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  const keep = async (connect: () => Promise<Transport>): Promise<void> => {
    for (let failures = 0; !closed;) {
      try {
        transport = await connect()
        failures = 0
        set('live')
        await transport.closed
        transport = null
        if (!closed) set('connecting')
      } catch (error) {
        if (error instanceof NoTransport && error.reason === 'refused') return set('refused')
        failures++
        set('offline')
      }
      if (closed) return
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, Math.min(longestRetryMs, firstRetryMs * 2 ** failures))
      })
    }
  }
  // a laptop that wakes up, or a network that is back: do not wait for the timer
  const wakeUp = (): void => wake?.()
  globalThis.addEventListener?.('online', wakeUp)
  if (open !== 'no-token') void keep(open)

  const link: ClientLink<Record<never, never>> = {
    async call(path, input, options) {
      await live(options.signal)
      return await transport!.link.call(path, input, options)
    },
  }
  return {
    client: createORPCClient(link),
    state: () => state,
    onState,
    live,
    close() {
      closed = true
      globalThis.removeEventListener?.('online', wakeUp)
      wake?.()
      transport?.close()
    },
  }
}

const tokenKey = 'dojo.token'

/**
 * The token from the address's fragment (`#token=...`), which is then taken out of the address, so that it is in no
 * bookmark and on no screenshot; a reload finds it in the tab's own storage.
 */
export function takeToken(at: Location = location, storage: Storage = sessionStorage): string | null {
  const fragment = new URLSearchParams(at.hash.replace(/^#/, ''))
  const given = fragment.get('token')
  if (!given) return storage.getItem(tokenKey)
  storage.setItem(tokenKey, given)
  fragment.delete('token')
  const rest = fragment.toString()
  history.replaceState(history.state, '', at.pathname + at.search + (rest ? `#${rest}` : ''))
  return given
}

/** The connection of this window: a MessagePort inside Electron, a WebSocket in a browser. */
export function connectWindow(): Connection {
  if (location.protocol === 'app:') return createConnection(() => openPort())
  const token = takeToken()
  return createConnection(token ? () => openSocket(token) : 'no-token')
}

let shared: Connection | null = null

/** The one connection of this window; made on first use. */
export const connection = (): Connection => (shared ??= connectWindow())

/** The typed client of this window's connection. */
export const createClient = (): DojoClient => connection().client

/** For tests: the connection that hooks use. */
export function useThisConnection(given: Connection | null): void {
  shared = given
}

/** Resolves while connected; rejects with NotConnected when no connection comes soon. */
export async function connectedSoon(via: Connection = connection(), withinMs = longestWaitMs): Promise<void> {
  try {
    await via.live(AbortSignal.timeout(withinMs))
  } catch {
    throw new NotConnected()
  }
}
