import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { serve, type Serving } from '../../../src-main/headless.js'
import { isHere } from '../../../src-main/api/guard.js'
import { maxMessageBytes } from '../../../src-main/api/ws-host.js'

let folder: string
let serving: Serving
let origin: string
let token: string
const attached: { socket: WebSocket; elsewhere: boolean | undefined }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dojo-page-'))
  await mkdir(join(folder, 'page', 'assets'), { recursive: true })
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>dojo</title>')
  await writeFile(join(folder, 'page', 'assets', 'app.js'), 'export {}')
  await writeFile(join(folder, 'page', '.hidden'), 'secret')
  await writeFile(join(folder, 'secret.json'), '{"password":"x"}')
  await symlink(join(folder, 'secret.json'), join(folder, 'page', 'assets', 'link.json'))
  serving = await serve({
    page: join(folder, 'page'),
    backend: {
      attachSocket: (socket, elsewhere) => void attached.push({ socket: socket as never, elsewhere }),
      close: async () => undefined,
    },
  })
  const url = new URL(serving.url)
  origin = url.origin
  token = new URLSearchParams(url.hash.slice(1)).get('token')!
})
afterAll(async () => {
  await serving.close()
  await rm(folder, { recursive: true, force: true })
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** Sends a path as it is: fetch and URL would tidy it up first. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

interface Dial {
  protocols?: string[]
  headers?: Record<string, string>
  path?: string
}

/** What happens to a WebSocket: `open`, or the status with which it was refused. */
function dial({
  protocols,
  headers = {},
  path = '/rpc',
}: Dial): Promise<{ socket: WebSocket; outcome: 'open' | number }> {
  const offered = protocols ?? ['dojo.v1', `dojo.token.${token}`]
  const socket = new WebSocket(origin.replace('http', 'ws') + path, offered, { headers: { origin, ...headers } })
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, outcome: 'open' }))
    socket.on('unexpected-response', (_request, response) => {
      resolve({ socket, outcome: response.statusCode! })
      socket.terminate()
    })
    socket.on('error', reject)
  })
}
const outcomeOf = async (options: Dial): Promise<'open' | number> => {
  const before = attached.length
  const { outcome, socket } = await dial(options)
  if (outcome !== 'open') expect(attached.length, 'a refused socket reached the app').toBe(before)
  socket.on('error', () => undefined)
  socket.terminate()
  return outcome
}

describe('the WebSocket', () => {
  test('opens for our page with the token, and does not echo it', async () => {
    const { socket, outcome } = await dial({})
    expect(outcome).toBe('open')
    expect(socket.protocol).toBe('dojo.v1')
    socket.terminate()
  })

  test('is refused without a token', async () => {
    expect(await outcomeOf({ protocols: [] })).toBe(401)
    expect(await outcomeOf({ protocols: ['dojo.v1'] })).toBe(401)
  })

  test('is refused with a wrong token, a part of it, and an empty one', async () => {
    const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
    expect(await outcomeOf({ protocols: ['dojo.v1', `dojo.token.${wrong}`] })).toBe(401)
    expect(await outcomeOf({ protocols: ['dojo.v1', `dojo.token.${token.slice(0, 8)}`] })).toBe(401)
    expect(await outcomeOf({ protocols: ['dojo.v1', 'dojo.token.'] })).toBe(401)
  })

  test('takes the token from nowhere else: not from the query, a cookie or a header', async () => {
    const elsewhere = { authorization: `Bearer ${token}`, cookie: `token=${token}` }
    expect(await outcomeOf({ protocols: ['dojo.v1'], path: `/rpc?token=${token}`, headers: elsewhere })).toBe(401)
  })

  test('is refused for a foreign Origin, a similar one, and none', async () => {
    expect(await outcomeOf({ headers: { origin: 'https://evil.example' } })).toBe(403)
    expect(await outcomeOf({ headers: { origin: 'null' } })).toBe(403)
    expect(await outcomeOf({ headers: { origin: `${origin}.evil.example` } })).toBe(403)
    expect(await outcomeOf({ headers: { origin: origin.replace(/:\d+$/, ':1') } })).toBe(403)
    expect(await outcomeOf({ headers: { origin: '' } })).toBe(403)
  })

  test('is refused under a foreign Host, even with a matching Origin (DNS rebinding)', async () => {
    const { port } = new URL(origin)
    const headers = { host: `evil.example:${port}`, origin: `http://evil.example:${port}` }
    expect(await outcomeOf({ headers })).toBe(403)
  })

  test('is only at /rpc', async () => {
    expect(await outcomeOf({ path: '/' })).toBe(404)
  })

  test('ends when a message is too big', async () => {
    const { socket } = await dial({})
    const code = await new Promise((resolve) => {
      socket.on('close', resolve)
      socket.on('error', () => undefined)
      socket.send('x'.repeat(maxMessageBytes + 1))
    })
    expect(code).toBe(1009)
  })
})

describe('the page', () => {
  test('is served with a policy that lets no foreign script in', async () => {
    const { status, headers, body } = await get('/')
    expect(status).toBe(200)
    expect(body).toContain('<title>dojo</title>')
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    const policy = headers['content-security-policy'] as string
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'self'(;|$)/)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  test('is refused under a foreign Host', async () => {
    expect((await get('/', { host: 'evil.example' })).status).toBe(403)
    expect((await get('/health', { host: 'evil.example' })).status).toBe(403)
  })

  test('is served under localhost as well', async () => {
    expect((await get('/', { host: `localhost:${new URL(origin).port}` })).status).toBe(200)
  })

  test.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/assets/%2e%2e/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/..%5c..%5csecret.json',
    '/%252e%252e/secret.json',
    '/assets/%00/../../secret.json',
    '//etc/passwd',
    '/assets/link.json',
    '/.hidden',
    '/%ff',
    '/assets',
    'http://evil.example/secret.json',
  ])('does not leave its folder for %s', async (path) => {
    const { status, body } = await get(path)
    expect([400, 404]).toContain(status)
    expect(body).not.toMatch(/password|secret|root:/)
  })

  test('takes GET and HEAD only', async () => {
    expect((await get('/', {}, 'POST')).status).toBe(405)
    expect((await get('/', {}, 'HEAD')).body).toBe('')
  })

  test('answers nothing of use to a request without a Host', async () => {
    const { hostname, port } = new URL(origin)
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write('GET / HTTP/1.0\r\n\r\n'))
      let text = ''
      socket.on('data', (data) => (text += data))
      socket.on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 40[03]/)
    expect(answer).not.toContain('<title>')
  })
})

describe('where a client is', () => {
  test.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.168.1.20', false],
    ['::ffff:10.0.0.7', false],
    ['1.127.0.1', false],
    [undefined, false],
  ])('%s is this machine: %s', (address, expected) => expect(isHere(address)).toBe(expected))

  test('who comes from the address that we listen on is here, and its neighbour is not', () => {
    expect(isHere('192.168.1.5', '192.168.1.5')).toBe(true)
    expect(isHere('192.168.1.20', '192.168.1.5')).toBe(false)
    expect(isHere(undefined, undefined)).toBe(false)
  })
})

describe('the address', () => {
  test('carries the token in the fragment, which never reaches a server', () => {
    const { hash, search, pathname } = new URL(serving.url)
    expect(hash).toMatch(/^#token=[\w-]{32}$/)
    expect(search + pathname).toBe('/')
  })

  test('a taken port is said as such', async () => {
    const port = Number(new URL(origin).port)
    const backend = { attachSocket: () => undefined, close: async () => undefined }
    await expect(serve({ port, page: folder, backend })).rejects.toMatchObject({ code: 'port-taken' })
  })
})
