import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { ORPCError } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { latest, type Gives } from '../../../src-main/api/pace.js'
import { serveSocket } from '../../../src-main/api/ws-host.js'
import { serve, type Serving } from '../../../src-main/headless.js'
import {
  connectedSoon,
  createConnection,
  failureOf,
  takeToken,
  type Connection,
} from '../../../src-renderer/app/connection.js'
import { subscribe, type StreamState } from '../../../src-renderer/app/streams.js'
import { openSocket } from '../../../src-renderer/app/transport.js'

const unknownLab = { code: 'unknown-lab', what: 'No lab', why: 'it is gone', next: 'Start one' }
let page: string
let values: Gives<number>
let subscriptions = 0
let servings: Serving[] = []
let connections: Connection[] = []
const router = {
  who: os.handler(() => 'here'),
  slow: os.handler(() => new Promise<string>(() => undefined)),
  gone: os.handler(() => {
    throw new ORPCError('DOJO', { defined: true, data: unknownLab })
  }),
  numbers: os.handler(({ signal }) => {
    subscriptions++
    return latest<number>((gives) => {
      values = gives
      gives.put(subscriptions * 100)
      return () => undefined
    }, signal)
  }),
}
type Client = {
  who(): Promise<string>
  slow(): Promise<string>
  gone(): Promise<never>
  numbers(input?: unknown, options?: object): Promise<AsyncIterable<number>>
}

beforeEach(() => {
  page = mkdtempSync(join(tmpdir(), 'dojo-page-'))
  writeFileSync(join(page, 'index.html'), '')
  subscriptions = 0
})
afterEach(async () => {
  for (const connection of connections) connection.close()
  for (const serving of servings) await serving.close()
  connections = []
  servings = []
  vi.unstubAllGlobals()
  rmSync(page, { recursive: true, force: true })
})

async function start(port = 0): Promise<Serving> {
  const handler = new RPCHandler(router) as never
  const backend = { attachSocket: (socket: WebSocket) => serveSocket(socket, handler), close: () => Promise.resolve() }
  const serving = await serve({ page, port, backend })
  servings.push(serving)
  const { origin } = new URL(serving.url)
  // as a browser: it tells its origin, and knows no other way
  class BrowserSocket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { origin })
      this.on('error', () => undefined)
    }
  }
  vi.stubGlobal('WebSocket', BrowserSocket)
  return serving
}
const open = (serving: Serving, token?: string) => {
  const url = new URL(serving.url)
  const given = token ?? new URLSearchParams(url.hash.slice(1)).get('token')!
  return () => openSocket(given, { protocol: url.protocol, host: url.host, origin: url.origin } as Location)
}
const connect = (how: Parameters<typeof createConnection>[0]): Connection & { client: Client } => {
  const connection = createConnection(how)
  connections.push(connection)
  return connection as unknown as Connection & { client: Client }
}

describe('a connection', () => {
  test('lets calls wait until it is there', async () => {
    const connection = connect(open(await start()))
    expect(connection.state()).toBe('connecting')
    expect(await connection.client.who()).toBe('here')
    expect(connection.state()).toBe('live')
  })

  test('comes back by itself when the host does, and rejects what was under way', async () => {
    const first = await start()
    const port = Number(new URL(first.url).port)
    let opener = open(first)
    const connection = connect(() => opener())
    await connection.client.who()
    const lost = connection.client.slow().catch(failureOf)
    await first.close()
    expect(await lost).toMatchObject({ code: 'disconnected' })
    await expect.poll(connection.state).toBe('offline')
    const waiting = connection.client.who()
    opener = open(await start(port))
    expect(await waiting).toBe('here')
  })

  test('lets a press go through at once, and refuses it when no connection comes soon: nothing is done later', async () => {
    const host = await start()
    const connection = connect(open(host))
    await connectedSoon(connection)
    await host.close()
    await expect.poll(connection.state).toBe('offline')
    const said = failureOf(await connectedSoon(connection, 20).catch((error: unknown) => error))
    expect(said).toMatchObject({ code: 'disconnected', what: expect.stringContaining('not connected') })
  })

  test('says that its token was refused, and does not hammer the host', async () => {
    const connection = connect(open(await start(), 'A'.repeat(32)))
    await expect.poll(connection.state).toBe('refused')
  })

  test('without a token does not even try', () => {
    expect(connect('no-token').state()).toBe('no-token')
  })

  test('turns the errors of the contract into words', async () => {
    const connection = connect(open(await start()))
    expect(await connection.client.gone().catch(failureOf)).toEqual(unknownLab)
  })
})

describe('a subscription', () => {
  const watch = (connection: Connection & { client: Client }, method: 'numbers' | 'gone' = 'numbers') => {
    const seen = { values: [] as [number, boolean][], states: [] as StreamState[], ended: undefined as unknown }
    const stop = subscribe<number>(
      (client, signal) =>
        (client as unknown as Client)[method](undefined, { signal }) as Promise<AsyncIterable<number>>,
      {
        onValue: (value, snapshot) => void seen.values.push([value, snapshot]),
        onState: (state) => void seen.states.push(state),
        onEnd: (failure) => void (seen.ended = failure),
      },
      connection,
    )
    return { seen, stop }
  }

  test('is made anew after an interruption, and says which value is a new snapshot', async () => {
    const first = await start()
    let opener = open(first)
    const { seen, stop } = watch(connect(() => opener()))
    await expect.poll(() => seen.values).toEqual([[100, true]])
    values.put(101)
    await expect.poll(() => seen.values.length).toBe(2)
    await first.close()
    await expect.poll(() => seen.states.at(-1)).toBe('stale')
    opener = open(await start(Number(new URL(first.url).port)))
    await expect
      .poll(() => seen.values)
      .toEqual([
        [100, true],
        [101, false],
        [200, true],
      ])
    expect(seen.states.at(-1)).toBe('live')
    stop()
  })

  test('ends with a failure that will not pass, and does not try again', async () => {
    const { seen } = watch(connect(open(await start())), 'gone')
    await expect.poll(() => seen.ended).toEqual(unknownLab)
  })

  test('that is stopped hears nothing more', async () => {
    const { seen, stop } = watch(connect(open(await start())))
    await expect.poll(() => seen.values.length).toBe(1)
    stop()
    values.put(999)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(seen.values).toHaveLength(1)
  })
})

describe('the token', () => {
  const storage = () => {
    const kept = new Map<string, string>()
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    } as Storage
  }
  test('is taken out of the address and found again after a reload; the rest of the fragment stays', () => {
    const replaceState = vi.fn<(...args: unknown[]) => void>()
    vi.stubGlobal('history', { state: null, replaceState })
    const kept = storage()
    const at = { hash: '#token=abc', pathname: '/', search: '' } as Location
    expect(takeToken(at, kept)).toBe('abc')
    expect(replaceState).toHaveBeenLastCalledWith(null, '', '/')
    expect(takeToken({ hash: '#/lab/a', pathname: '/', search: '' } as Location, kept)).toBe('abc')
    expect(replaceState).toHaveBeenCalledTimes(1)
  })
  test('is null when nobody gave one', () => {
    expect(takeToken({ hash: '', pathname: '/', search: '' } as Location, storage())).toBeNull()
  })
})
