import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { connect } from 'node:net'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { os } from '@orpc/server'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { openHost, type Host, type MessagePortLike } from '../../../src-main/api/host.js'
import { localAddress } from '../../../src-main/api/local-address.js'
import { clientOver, connectOwner } from '../../../src-main/api/local-client.js'
import { takeOwnership } from '../../../src-main/api/local-host.js'
import type { ClientContext } from '../../../src-main/api/router.js'
import { serve, type Serving } from '../../../src-main/headless.js'
import { WebSocket as Socket } from 'ws'

let apps = 0
const closed: number[] = []
vi.mock('../../../src-main/api/app.js', () => ({
  createApp: () => {
    const number = ++apps
    return {
      router: {
        who: os.handler(() => number),
        elsewhere: os.$context<ClientContext>().handler(({ context }) => context.elsewhere),
      },
      recover: () => Promise.resolve(),
      busy: () => false,
      close: () => Promise.resolve(void closed.push(number)),
    }
  },
}))

let home: string
const hosts: Host[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dojo-home-'))
  vi.stubEnv('DOJO_HOME', home)
  apps = 0
  closed.length = 0
})
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close()
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})
const open = async (kind: 'serve' | 'keeper'): Promise<Host> => {
  const host = await openHost({ kind })
  hosts.push(host)
  return host
}
const ask = (socket: WebSocket): Promise<number> => (clientOver(socket) as unknown as { who(): Promise<number> }).who()

test('the first process owns the labs, and answers on a socket that only this user can reach', async () => {
  const host = await open('keeper')
  expect(host.owns()).toBe(true)
  expect(statSync(dirname(localAddress())).mode & 0o777).toBe(0o700)
  const owner = await connectOwner()
  expect(await ask(owner!)).toBe(1)
  expect(host.busy()).toBe(true)
  owner!.close()
  await expect.poll(() => host.busy()).toBe(false)
})

test('nobody answers where nothing runs, also when a dead owner left its socket', async () => {
  expect(await connectOwner()).toBeNull()
  writeFileSync(localAddress(), '')
  expect(await connectOwner()).toBeNull()
  expect((await open('serve')).owns()).toBe(true)
})

test('of many that start at once, one owns', async () => {
  const started = await Promise.all(Array.from({ length: 8 }, () => open('serve')))
  expect(started.filter((host) => host.owns())).toHaveLength(1)
})

async function dial({ url }: Serving): Promise<WebSocket> {
  const { origin, hash } = new URL(url)
  const token = new URLSearchParams(hash.slice(1)).get('token')!
  const socket = new Socket(`${origin.replace('http', 'ws')}/rpc`, ['dojo.v1', `dojo.token.${token}`], { origin })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}

test('a client on another machine is known as such, also when it is passed on', async () => {
  const owner = await open('keeper')
  const relaying = await open('serve')
  for (const host of [owner, relaying]) {
    for (const elsewhere of [true, false]) {
      const backend = {
        attachSocket: (socket: WebSocket) => host.attachSocket(socket, elsewhere),
        close: () => Promise.resolve(),
      }
      const serving = await serve({ page: home, backend })
      const browser = await dial(serving)
      const client = clientOver(browser) as unknown as { elsewhere(): Promise<boolean> }
      expect(await client.elsewhere()).toBe(elsewhere)
      browser.terminate()
      await serving.close()
    }
  }
})

test('a second process passes its clients on, and takes over when the owner is gone', async () => {
  const first = await open('keeper')
  const second = await open('serve')
  expect(second.owns()).toBe(false)
  const serving = await serve({ page: home, backend: second })
  const browser = await dial(serving)
  expect(await ask(browser)).toBe(1)

  const cut = new Promise((resolve) => browser.once('close', resolve))
  await first.close()
  await cut
  const again = await dial(serving)
  const app = await ask(again)
  expect(app).toBeGreaterThan(1)
  expect(second.owns()).toBe(true)
  expect(closed).toEqual([1])
  again.terminate()
  await serving.close()
})

test('a page that could reach the socket is refused by its origin', async () => {
  await open('keeper')
  const socket = new Socket('ws://localhost/rpc', ['dojo.v1'], {
    createConnection: () => connect(localAddress()),
    origin: 'https://evil.example',
  })
  const outcome = await new Promise((resolve) => {
    socket.once('open', () => resolve('open'))
    socket.once('error', () => resolve('refused'))
  })
  expect(outcome).toBe('refused')
})

test('a home whose path is too long for a socket gets a short one', async () => {
  const long = join(home, 'x'.repeat(120))
  const address = localAddress(long)
  expect(Buffer.byteLength(address)).toBeLessThanOrEqual(103)
  const ownership = await takeOwnership(() => undefined, address)
  expect(ownership?.address).toBe(address)
  await ownership!.release()
})

/** Node's port as Electron's: messages come as events. */
function electronPort(port: MessagePort): MessagePortLike {
  return {
    start: () => port.start(),
    close: () => port.close(),
    postMessage: (data: unknown) => port.postMessage(data),
    on: (event: string, listener: (event?: { data: unknown }) => void) =>
      port.on(event, event === 'message' ? (data: unknown) => listener({ data }) : () => listener()),
  }
}

test('a window is served over its port, by the owner and through a relay', async () => {
  const owner = await open('keeper')
  const second = await open('serve')
  for (const host of [owner, second]) {
    const { port1, port2 } = new MessageChannel()
    const client = createORPCClient(new PortLink({ port: port2 as never })) as unknown as { who(): Promise<number> }
    const answer = client.who() // asked before anybody listens: nothing of it may be lost
    host.attachPort(electronPort(port1))
    port2.start()
    expect(await answer).toBe(1)
    port2.close()
  }
  await expect.poll(() => owner.busy()).toBe(false)
})
