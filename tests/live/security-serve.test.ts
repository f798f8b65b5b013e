import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { dojoHome, type DojoHome, type Served } from '../support/dojo-process.js'

/** The attacks of tests/unit/headless once more, on the process that people start. */
describe('`dojo serve`', () => {
  let home: DojoHome
  let served: Served
  beforeAll(async () => {
    home = await dojoHome()
    served = await home.serve()
  })
  afterAll(() => home?.[Symbol.asyncDispose]())

  const dial = (protocols: string[], headers: Record<string, string> = {}): Promise<'open' | number> =>
    new Promise((done, failed) => {
      const { origin } = served.url
      const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, protocols, {
        headers: { origin, ...headers },
      })
      socket.on('open', () => done('open'))
      socket.on('unexpected-response', (_request, { statusCode }) => done(statusCode!))
      socket.on('error', failed)
      socket.on('close', () => undefined)
    })
  const get = (path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> =>
    new Promise((done, failed) => {
      const { hostname, port } = served.url
      const sent = request({ hostname, port, path, headers }, (response) => {
        let body = ''
        response.on('data', (chunk) => (body += chunk))
        response.on('end', () => done({ status: response.statusCode!, body }))
      })
      sent.on('error', failed)
      sent.end()
    })
  const token = (): string => new URLSearchParams(served.url.hash.slice(1)).get('token')!

  test('listens on the loopback interface only, with a token in the fragment', () => {
    expect(served.url.hostname).toBe('127.0.0.1')
    expect(token()).toMatch(/^[\w-]{32}$/)
  })

  test('lets nobody in without the token, from a foreign page, or under a foreign name', async () => {
    expect(await dial(['dojo.v1'])).toBe(401)
    expect(await dial(['dojo.v1', `dojo.token.${'A'.repeat(32)}`])).toBe(401)
    const right = ['dojo.v1', `dojo.token.${token()}`]
    expect(await dial(right, { origin: 'https://evil.example' })).toBe(403)
    expect(await dial(right, { host: 'evil.example', origin: 'http://evil.example' })).toBe(403)
    expect((await get('/', { host: 'evil.example' })).status).toBe(403)
  })

  test('serves no file outside its page', async () => {
    for (const path of [
      '/../main/cli.js',
      '/%2e%2e/main/cli.js',
      '/..%2f..%2fpackage.json',
      '/assets/../../package.json',
    ]) {
      expect((await get(path)).status, path).toBe(404)
    }
    expect((await get('/')).body).toContain('<script type="module"')
  })

  test('ends a connection that sends too much, and goes on serving others', async () => {
    const { socket } = await served.connect()
    const closed = new Promise((done) => socket.once('close', done))
    socket.send('x'.repeat(1024 * 1024 + 1))
    expect(await closed).toBe(1009)
    const { client } = await served.connect()
    expect(await client.topologies.list()).not.toEqual([])
  })

  test('survives messages that are none of the protocol', async () => {
    const { socket } = await served.connect()
    for (const nonsense of ['', '{', '[]', 'null', '{"i":"1","p":{"u":"/../../x"}}', '\u0000']) socket.send(nonsense)
    socket.send(Buffer.from([255, 0, 255]))
    const { client } = await served.connect()
    expect(await client.topologies.list()).not.toEqual([])
  })

  test('refuses what does not fit the contract before anything is done: paths, shell strings, container ids', async () => {
    const { client } = await served.connect()
    for (const lab of ['../../etc', 'a;rm -rf /', '', 'A', 'x'.repeat(40), 'dojo-1234-a-pg1/../..']) {
      await expect(client.labs.get({ lab }), lab).rejects.toMatchObject({ code: 'DOJO', data: { code: 'usage' } })
      await expect(client.labs.down({ lab }), lab).rejects.toMatchObject({ data: { code: 'usage' } })
    }
    await expect(client.labs.get({ lab: 'nope' })).rejects.toMatchObject({ data: { code: 'unknown-lab' } })
    await expect(client.labs.up({ topology: '../topologies/pair-witness' })).rejects.toMatchObject({ code: 'DOJO' })
  })

  test('says nothing of its token in its log', async () => {
    const { readFile } = await import('node:fs/promises')
    expect(await readFile(`${home.dir}/logs/serve.log`, 'utf8')).not.toContain(token())
  })

  test('ends in order when it is told to', async () => {
    expect(await served.end('SIGTERM')).toBe(0)
  })
})
