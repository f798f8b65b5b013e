import { EventEmitter } from 'node:events'
import { vi } from 'vitest'

/** Electron as far as src-main/electron.ts uses it: it records what was asked, and tests send its events. */
export class ContentsStub extends EventEmitter {
  mainFrame = { url: 'app://dojo/index.html', postMessage: vi.fn() }
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler
  }
}

export class WindowStub extends EventEmitter {
  static all: WindowStub[] = []
  webContents = new ContentsStub()
  loaded: string[] = []
  show = vi.fn()
  focus = vi.fn()
  restore = vi.fn()
  isMinimized = (): boolean => true
  constructor(readonly options: Record<string, unknown> & { webPreferences: Record<string, unknown> }) {
    super()
    WindowStub.all.push(this)
    electron.app.emit('web-contents-created', {}, this.webContents)
  }
  loadURL(url: string): Promise<void> {
    this.loaded.push(url)
    return Promise.resolve()
  }
}

export class PortStub extends EventEmitter {
  start = vi.fn()
  close = vi.fn()
  postMessage = vi.fn()
}

type Ask = (
  contents: unknown,
  permission: string,
  tell: (may: boolean) => void,
  details: { requestingUrl: string },
) => void

export const electron = {
  app: Object.assign(new EventEmitter(), {
    lock: true,
    requestSingleInstanceLock: (): boolean => electron.app.lock,
    whenReady: () => Promise.resolve(),
    quit: vi.fn(),
    exit: vi.fn(),
  }),
  BrowserWindow: WindowStub,
  ipcMain: new EventEmitter(),
  Menu: { setApplicationMenu: vi.fn() },
  MessageChannelMain: class {
    port1 = new PortStub()
    port2 = new PortStub()
  },
  protocol: {
    schemes: [] as unknown[],
    handlers: new Map<string, (request: Request) => Promise<Response>>(),
    registerSchemesAsPrivileged: (schemes: unknown[]): void => void electron.protocol.schemes.push(...schemes),
    handle: (scheme: string, handler: (request: Request) => Promise<Response>): void =>
      void electron.protocol.handlers.set(scheme, handler),
  },
  session: {
    defaultSession: {
      ask: null as Ask | null,
      check: null as ((contents: unknown, permission: string, origin: string) => boolean) | null,
      device: null as (() => boolean) | null,
      setPermissionRequestHandler: (handler: Ask): void => void (electron.session.defaultSession.ask = handler),
      setPermissionCheckHandler: (handler: (contents: unknown, permission: string, origin: string) => boolean): void =>
        void (electron.session.defaultSession.check = handler),
      setDevicePermissionHandler: (handler: () => boolean): void =>
        void (electron.session.defaultSession.device = handler),
    },
  },
  shell: { openExternal: vi.fn(() => Promise.resolve()) },
}
