import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { contentSecurityPolicy } from '../../../src-main/api/guard.js'
import { ContentsStub, electron, PortStub, WindowStub } from './stub.js'

const host = {
  attachPort: vi.fn<(...args: unknown[]) => void>(),
  close: vi.fn<(...args: unknown[]) => Promise<void>>(() => Promise.resolve()),
}
vi.mock('electron', () => electron)
vi.mock('../../../src-main/api/host.js', () => ({
  openHost: vi.fn<() => Promise<unknown>>(() => Promise.resolve(host)),
}))
vi.mock('../../../src-main/api/page-files.js', async (original) => ({
  ...(await original<object>()),
  pageFolder: () => join(home, 'page'),
}))

let home: string
let window: WindowStub

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'dojo-window-'))
  vi.stubEnv('DOJO_HOME', home)
  await mkdir(join(home, 'page'))
  await writeFile(join(home, 'page', 'index.html'), '<title>page</title>')
  await writeFile(join(home, 'secret.json'), '{}')
  await import('../../../src-main/electron.js')
  await vi.waitUntil(() => WindowStub.all.length === 1)
  window = WindowStub.all[0]!
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true, force: true })
})
beforeEach(() => vi.clearAllMocks())

const get = (url: string, method = 'GET'): Promise<Response> =>
  electron.protocol.handlers.get('app')!({ url, method } as Request)

describe('the window', () => {
  test('has no Node, is sandboxed and isolated, and loads our own page', () => {
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    })
    expect(window.options.webPreferences['preload']).toMatch(/preload\.cjs$/)
    expect(window.loaded).toEqual(['app://dojo/index.html'])
  })

  test('comes forward when the app is started a second time', () => {
    electron.app.emit('second-instance')
    expect(window.restore).toHaveBeenCalled()
    expect(window.focus).toHaveBeenCalled()
  })

  test('neither navigates away nor opens windows; https links open outside, others nowhere', () => {
    const contents = window.webContents
    const navigate = (url: string): boolean => {
      const preventDefault = vi.fn<(...args: unknown[]) => void>()
      contents.emit('will-navigate', { url, preventDefault })
      return preventDefault.mock.calls.length === 0
    }
    expect(navigate('app://dojo/index.html')).toBe(true)
    expect(navigate('https://www.postgresql.org/docs/')).toBe(false)
    expect(electron.shell.openExternal).toHaveBeenLastCalledWith('https://www.postgresql.org/docs/')
    electron.shell.openExternal.mockClear()
    for (const url of [
      'file:///etc/passwd',
      'http://example.org',
      'javascript:alert(1)',
      'app://other/',
      'not a url',
    ]) {
      expect(navigate(url), url).toBe(false)
      expect(contents.openHandler({ url }), url).toEqual({ action: 'deny' })
    }
    expect(contents.openHandler({ url: 'https://user:pass@example.org' })).toEqual({ action: 'deny' })
    expect(electron.shell.openExternal).not.toHaveBeenCalled()
    expect(contents.openHandler({ url: 'https://patroni.readthedocs.io/' })).toEqual({ action: 'deny' })
    expect(electron.shell.openExternal).toHaveBeenCalledOnce()
  })

  test('fences web contents that others make, and lets no webview in', () => {
    const other = new ContentsStub()
    electron.app.emit('web-contents-created', {}, other)
    const preventDefault = vi.fn<(...args: unknown[]) => void>()
    other.emit('will-attach-webview', { preventDefault })
    expect(preventDefault).toHaveBeenCalled()
  })
})

describe('the scheme', () => {
  test('is a secure origin, known before the app is ready', () => {
    expect(electron.protocol.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ])
  })

  test('serves the page with the policy that browsers get', async () => {
    const response = await get('app://dojo/')
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<title>page</title>')
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy)
  })

  test.each([
    'app://dojo/../secret.json',
    'app://dojo/%2e%2e%2fsecret.json',
    'app://other/index.html',
    'app://dojo/none.js',
  ])('does not serve %s', async (url) => expect((await get(url)).status).toBe(404))

  test('answers GET only', async () => expect((await get('app://dojo/', 'POST')).status).toBe(404))
})

describe('permissions', () => {
  const { defaultSession } = electron.session
  const asked = (permission: string, requestingUrl: string): boolean => {
    let answer = true
    defaultSession.ask!(null, permission, (may) => (answer = may), { requestingUrl })
    return answer
  }

  test.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'fullscreen', 'openExternal', 'usb'])(
    'deny %s',
    (permission) => {
      expect(asked(permission, 'app://dojo/index.html')).toBe(false)
      expect(defaultSession.check!(null, permission, 'app://dojo')).toBe(false)
    },
  )

  test('let our page copy, and no other', () => {
    expect(asked('clipboard-sanitized-write', 'app://dojo/index.html')).toBe(true)
    expect(asked('clipboard-sanitized-write', 'https://example.org')).toBe(false)
    expect(defaultSession.device!()).toBe(false)
  })
})

describe('the port', () => {
  const ask = (senderFrame: unknown): void => void electron.ipcMain.emit('dojo:port-please', { senderFrame })

  test('is handed to the main frame of our window, and served', async () => {
    ask(window.webContents.mainFrame)
    const [channel, , ports] = window.webContents.mainFrame.postMessage.mock.calls[0] as [string, unknown, unknown[]]
    expect(channel).toBe('dojo:port')
    expect(ports).toHaveLength(1)
    await vi.waitFor(() => expect(host.attachPort).toHaveBeenCalledWith(expect.any(PortStub)))
  })

  test.each([
    ['another frame', { url: 'app://dojo/index.html', postMessage: vi.fn<(...args: unknown[]) => void>() }],
    ['no frame', null],
  ])('is refused to %s', (_who, frame) => {
    ask(frame)
    expect(host.attachPort).not.toHaveBeenCalled()
    expect(window.webContents.mainFrame.postMessage).not.toHaveBeenCalled()
  })

  test('is refused to the main frame once it shows something else', () => {
    window.webContents.mainFrame.url = 'https://example.org'
    ask(window.webContents.mainFrame)
    window.webContents.mainFrame.url = 'app://dojo/index.html'
    expect(host.attachPort).not.toHaveBeenCalled()
  })
})

describe('the end', () => {
  test('waits until what belongs to this process has ended', async () => {
    const preventDefault = vi.fn<(...args: unknown[]) => void>()
    electron.app.emit('will-quit', { preventDefault })
    expect(preventDefault).toHaveBeenCalled()
    await vi.waitFor(() => expect(electron.app.exit).toHaveBeenCalledWith(0))
    expect(host.close).toHaveBeenCalled()
  })
})
