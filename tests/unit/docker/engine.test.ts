import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DojoError } from '../../../src-main/contract/errors.js'
import { engineError, findEngine, isOlder, searchEngine, type Refusal } from '../../../src-main/docker/engine.js'
import { enginePlaces, isRemote, optionsOf, type Surroundings } from '../../../src-main/docker/engine-places.js'

let root: string
let here: Surroundings
const closers: (() => unknown)[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dojo-engine-'))
  here = { env: {}, home: join(root, 'home'), platform: 'linux', uid: 1000, root }
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  rmSync(root, { recursive: true, force: true })
})

/** Something that answers HTTP on a socket, as an engine would. */
async function answering(path: string, listener: RequestListener): Promise<string> {
  mkdirSync(dirname(path), { recursive: true })
  const server = createServer(listener).listen(path)
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return path
}
const engine =
  (ApiVersion: string, Version = '24.0'): RequestListener =>
  (request, response) =>
    void response.writeHead(request.url?.endsWith('/version') ? 200 : 404).end(JSON.stringify({ ApiVersion, Version }))

function writeContext(name: string, host: string, current = name): void {
  const config = join(here.home, '.docker')
  const meta = join(config, 'contexts', 'meta', createHash('sha256').update(name).digest('hex'))
  mkdirSync(meta, { recursive: true })
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }))
  writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext: current }))
}
const socketOf = (name: string) => join(root, name)
const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: unknown) => thrown)
  return error instanceof DojoError ? error.code : `not a DojoError: ${String(error)}`
}

describe('places', () => {
  test('DOCKER_HOST is the only place when it is set', () => {
    here.env.DOCKER_HOST = 'unix:///somewhere/docker.sock'
    writeContext('colima', 'unix:///else/docker.sock')
    expect(enginePlaces(here).map(({ where, explicit }) => [where, explicit])).toEqual([
      ['unix:///somewhere/docker.sock', true],
    ])
  })

  test('the docker context in use comes before the usual sockets', () => {
    writeContext('colima', 'unix:///else/docker.sock')
    const [first, second] = enginePlaces(here)
    expect(first).toMatchObject({ from: 'docker context "colima"', options: { socketPath: '/else/docker.sock' } })
    expect(second).toMatchObject({ where: join(root, 'var/run/docker.sock'), explicit: false })
  })

  test('the default context, and one that is gone, add nothing', () => {
    const usual = enginePlaces(here).length
    writeContext('default', 'unix:///else/docker.sock')
    expect(enginePlaces(here)).toHaveLength(usual)
    writeContext('colima', 'unix:///else/docker.sock', 'was-removed')
    expect(enginePlaces(here)).toHaveLength(usual)
  })

  test('DOCKER_CONTEXT that names no context is an error, not another engine', async () => {
    here.env.DOCKER_CONTEXT = 'typo'
    expect(await codeOf(findEngine(here))).toBe('engine-unreachable')
  })

  test('sockets of Colima profiles are found by looking', () => {
    mkdirSync(join(here.home, '.colima/work'), { recursive: true })
    writeFileSync(join(here.home, '.colima/work/docker.sock'), '')
    expect(enginePlaces(here).map(({ where }) => where)).toContain(join(here.home, '.colima/work/docker.sock'))
  })

  test('Podman and the desktops are among the usual ones, and each socket is asked once', () => {
    here.env.XDG_RUNTIME_DIR = join(root, 'run/user/1000')
    const places = enginePlaces(here)
    expect(new Set(places.map(({ where }) => where)).size).toBe(places.length)
    const from = places.map((place) => place.from)
    for (const name of ['Docker', 'Docker Desktop', 'OrbStack', 'Rancher Desktop', 'Podman'])
      expect(from).toContain(name)
  })

  test('Windows has pipes', () => {
    const places = enginePlaces({ ...here, platform: 'win32' })
    expect(places[0]).toMatchObject({ where: '//./pipe/docker_engine' })
  })
})

describe('addresses', () => {
  test.each([
    ['unix:///a/b.sock', { socketPath: '/a/b.sock' }],
    ['/a/b.sock', { socketPath: '/a/b.sock' }],
    ['npipe:////./pipe/docker_engine', { socketPath: '//./pipe/docker_engine' }],
    ['tcp://10.0.0.5:2375', { host: '10.0.0.5', port: '2375', protocol: 'http' }],
    ['tcp://10.0.0.5:2376', { host: '10.0.0.5', port: '2376', protocol: 'https' }],
    ['ssh://me@far', { protocol: 'ssh', host: 'far', username: 'me', port: '22' }],
  ])('%s', (address, options) => expect(optionsOf(address)).toMatchObject(options))

  test('only other machines are remote', () => {
    expect(isRemote(optionsOf('tcp://10.0.0.5:2375'))).toBe(true)
    expect(isRemote(optionsOf('tcp://127.0.0.1:2375'))).toBe(false)
    expect(isRemote(optionsOf('unix:///a.sock'))).toBe(false)
  })
})

describe('search', () => {
  test('takes the first engine that answers, and says of the others why not', async () => {
    const path = await answering(join(here.home, '.rd/docker.sock'), engine('1.43'))
    const { engine: found, refusals } = await searchEngine(here)
    expect(found).toMatchObject({ where: path, from: 'Rancher Desktop', version: '24.0', apiVersion: '1.43' })
    expect(refusals.length).toBeGreaterThan(3)
    expect(refusals.every(({ reason }) => reason === 'absent')).toBe(true)
  })

  test('an old engine is passed over when a good one follows', async () => {
    await answering(join(root, 'var/run/docker.sock'), engine('1.39', '18.09'))
    const good = await answering(join(here.home, '.orbstack/run/docker.sock'), engine('1.47'))
    expect((await findEngine(here)).where).toBe(good)
  })

  test('only an old engine: its version and the one that is needed are said', async () => {
    here.env.DOCKER_HOST = `unix://${await answering(socketOf('old.sock'), engine('1.39', '18.09.1'))}`
    const error = (await findEngine(here).catch((thrown: unknown) => thrown)) as DojoError
    expect(error.code).toBe('engine-too-old')
    expect(error.message).toContain('18.09.1')
    expect(error.message).toContain('1.40')
  })

  test('a socket that nobody listens on means: installed, not running', async () => {
    const path = join(root, 'var/run/docker.sock')
    mkdirSync(dirname(path), { recursive: true })
    const child = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log(1))`,
    ])
    await once(child.stdout, 'data')
    child.kill('SIGKILL') // a hard end leaves the file
    await once(child, 'exit')
    const { refusals } = await searchEngine(here)
    expect(refusals[0]).toMatchObject({ where: path, reason: 'not-running' })
    expect(engineError(refusals, here).message).toContain('not running')
  })

  test('something else than an engine is not taken for one', async () => {
    here.env.DOCKER_HOST = `unix://${await answering(socketOf('web.sock'), (_, response) => void response.end('{}'))}`
    expect(await codeOf(findEngine(here))).toBe('engine-unreachable')
  })

  test('an engine that never answers is given up', async () => {
    here.env.DOCKER_HOST = `unix://${await answering(socketOf('mute.sock'), () => {})}`
    const { refusals } = await searchEngine(here)
    expect(refusals).toMatchObject([{ reason: 'silent' }])
  })

  test('DOCKER_HOST that does not answer: no other engine is taken instead', async () => {
    await answering(join(root, 'var/run/docker.sock'), engine('1.47'))
    here.env.DOCKER_HOST = `unix://${socketOf('nobody.sock')}`
    const error = (await findEngine(here).catch((thrown: unknown) => thrown)) as DojoError
    expect(error.code).toBe('engine-unreachable')
    expect(error.message).toContain('unset DOCKER_HOST')
  })

  test('DOCKER_HOST that is not an address is said, not thrown about', async () => {
    here.env.DOCKER_HOST = 'tcp://['
    expect(await codeOf(findEngine(here))).toBe('engine-unreachable')
  })
})

describe('advice', () => {
  const refusal = (reason: Refusal['reason']): Refusal => ({
    where: '/var/run/docker.sock',
    from: 'Docker',
    explicit: false,
    reason,
    detail: `detail of ${reason}`,
  })

  test('no right to the socket wins over everything else: the engine is there', () => {
    const error = engineError([refusal('absent'), refusal('not-running'), refusal('denied')], {
      ...here,
      env: { USER: 'ada' },
    })
    expect(error.code).toBe('engine-denied')
    expect(error.said.next).toContain('usermod -aG docker ada')
  })

  test.each([
    ['ID=debian', 'apt-get install docker.io'],
    ['ID=ubuntu\nID_LIKE=debian', 'apt-get install docker.io'],
    ['ID=fedora', 'dnf install'],
    ['ID=arch', 'pacman -S docker'],
  ])('%s gets its own command', (release, command) => {
    mkdirSync(join(root, 'etc'), { recursive: true })
    writeFileSync(join(root, 'etc/os-release'), release)
    expect(engineError([refusal('absent')], here).said.next).toContain(command)
  })

  test('an installed dockerd is to be started, not installed again', () => {
    mkdirSync(join(root, 'usr/sbin'), { recursive: true })
    writeFileSync(join(root, 'usr/sbin/dockerd'), '')
    expect(engineError([refusal('absent')], here).said.why).toContain('is installed, and not running')
  })

  test('macOS and Windows hear of Docker Desktop', () => {
    for (const platform of ['darwin', 'win32'] as const) {
      expect(engineError([refusal('absent')], { ...here, platform }).said.next).toContain('Docker Desktop')
    }
  })
})

test('versions compare by number, not by letter', () => {
  expect(isOlder('1.9', '1.40')).toBe(true)
  expect(isOlder('1.40', '1.40')).toBe(false)
  expect(isOlder('2.0', '1.40')).toBe(false)
})
