import { EventEmitter } from 'node:events'
import { vi } from 'vitest'

/** Electron as far as src-main/electron.ts uses it: it records what was asked, and tests send its events. */
export class ContentsStub extends EventEmitter {
  mainFrame = { url: 'app://dojo/index.html', postMessage: vi.fn<(...args: unknown[]) => void>() }
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' })
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler
  }
}

export class WindowStub extends EventEmitter {
  static all: WindowStub[] = []
  webContents = new ContentsStub()
  loaded: string[] = []
  show = vi.fn<(...args: unknown[]) => void>()
  focus = vi.fn<(...args: unknown[]) => void>()
  restore = vi.fn<(...args: unknown[]) => void>()
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
  start = vi.fn<(...args: unknown[]) => void>()
  close = vi.fn<(...args: unknown[]) => void>()
  postMessage = vi.fn<(...args: unknown[]) => void>()
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
    quit: vi.fn<(...args: unknown[]) => void>(),
    exit: vi.fn<(...args: unknown[]) => void>(),
  }),
  BrowserWindow: WindowStub,
  ipcMain: new EventEmitter(),
  Menu: { setApplicationMenu: vi.fn<(...args: unknown[]) => void>() },
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
  shell: { openExternal: vi.fn<(...args: unknown[]) => Promise<void>>(() => Promise.resolve()) },
}
