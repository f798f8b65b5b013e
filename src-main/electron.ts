import { join } from 'node:path'
import { app, BrowserWindow, ipcMain, Menu, MessageChannelMain, protocol, session, shell } from 'electron'
import type { IpcMainEvent, WebContents } from 'electron'
import { openHost, type Host, type MessagePortLike } from './api/host.js'
import { pageFolder, readPageFile } from './api/page-files.js'
import { dojoHome } from './util/home.js'
import { logFor, logTo } from './util/log.js'

/**
 * The desktop window: a shell around the page and api/host.ts, without logic of its own. The page comes from a scheme of
 * ours and talks through a MessagePort; no TCP port is opened.
 */
const page = { scheme: 'app', host: 'dojo', url: 'app://dojo/index.html' } as const
const wirePort = { please: 'dojo:port-please', here: 'dojo:port' } as const

const log = logFor('window')
let window: BrowserWindow | null = null
let host: Promise<Host> | null = null

/** Whether a URL is our own page's. */
function isOurs(url: string): boolean {
  const { protocol: scheme, host: name } = URL.canParse(url) ? new URL(url) : { protocol: '', host: '' }
  return scheme === `${page.scheme}:` && name === page.host
}

/** Opens a link in the person's browser, if it is one that a browser should get. */
function openOutside(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    return log.warn({ address }, 'link not opened')
  }
  shell.openExternal(url.href).catch((err: unknown) => log.warn({ err }, 'no browser took the link'))
}

async function answer(request: Request): Promise<Response> {
  if (!isOurs(request.url) || request.method !== 'GET') return new Response('Not found', { status: 404 })
  const { status, headers, body } = await readPageFile(new URL(request.url).pathname, pageFolder())
  return new Response(new Uint8Array(body), { status, headers })
}

/** Nothing of the page may leave the page, and nothing else may come into the window. */
function fence(contents: WebContents): void {
  const stay = (event: { preventDefault(): void; url: string }): void => {
    if (isOurs(event.url)) return
    event.preventDefault()
    openOutside(event.url)
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url)
    return { action: 'deny' }
  })
}

/** A terminal copies with the keyboard; nothing else of what a page may ask for is needed. */
function denyPermissions(): void {
  const may = (permission: string, from: string): boolean => permission === 'clipboard-sanitized-write' && isOurs(from)
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((_contents, permission, tell, { requestingUrl }) =>
    tell(may(permission, requestingUrl)),
  )
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) => may(permission, origin))
  defaultSession.setDevicePermissionHandler(() => false)
}

/** Hands a port to the main frame of our own window, and to nobody else. */
function givePort(event: IpcMainEvent): void {
  const frame = event.senderFrame
  if (!frame || frame !== window?.webContents.mainFrame || !isOurs(frame.url)) {
    return log.warn({ url: frame?.url }, 'a port was asked for from elsewhere')
  }
  const { port1, port2 } = new MessageChannelMain()
  host?.then(
    (it) => it.attachPort(port1 as unknown as MessagePortLike),
    (err: unknown) => log.error({ err }, 'the window could not be served'),
  )
  frame.postMessage(wirePort.here, null, [port2])
}

function openWindow(): void {
  window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    show: false,
    backgroundColor: '#07090b',
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window?.show())
  window.on('closed', () => (window = null))
  void window.loadURL(page.url)
}

async function begin(): Promise<void> {
  logTo(join(dojoHome(), 'logs', 'window.log'))
  await app.whenReady()
  protocol.handle(page.scheme, answer)
  denyPermissions()
  // a menu's shortcuts would take keys from the terminals; macOS needs one
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null)
  host = openHost({ kind: 'window' })
  ipcMain.on(wirePort.please, givePort)
  app.on('activate', () => window ?? openWindow())
  openWindow()
}

protocol.registerSchemesAsPrivileged([
  { scheme: page.scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
])
app.on('web-contents-created', (_event, contents) => fence(contents))
app.on('window-all-closed', () => app.quit())
app.on('second-instance', () => {
  if (window?.isMinimized()) window.restore()
  window?.focus()
})
app.on('will-quit', (event) => {
  const open = host
  if (!open) return
  event.preventDefault()
  host = null
  // labs stay running; what belongs to this process ends in order
  void open.then((it) => it.close()).finally(() => app.exit(0))
})

if (!app.requestSingleInstanceLock()) app.quit()
else {
  // not awaited here: Electron is not ready before this module has been evaluated
  begin().catch((err: unknown) => {
    log.error({ err }, 'the window could not begin')
    app.exit(1)
  })
}
