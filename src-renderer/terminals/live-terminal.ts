import { createClient, failureOf, type Failure } from '../app/connection.js'
import { useTheme } from '../app/theme.js'
import { openFeed, type Feed } from './feed.js'
import { createXtermScreen, type XtermScreen } from './screen.js'
import { forgetTab, layoutOf, tabState, useTerminals } from './store.js'

/** A tab that has been shown: its xterm, and the line to its terminal in src-main. */
export interface LiveTerminal {
  screen: XtermScreen
  input(data: string): void
  /** Opens the terminal, or comes back to the one of before a reload. Once; again after it could not be had. */
  begin(): Promise<void>
  dispose(): void
}

const grey = (text: string): string => `\r\n\x1b[90m[${text}]\x1b[0m\r\n`
const live = new Map<string, LiveTerminal>()
const resizeAfterMs = 40

/** The live terminal of a tab; made when it is first asked for. */
export function liveTerminal(lab: string, key: string): LiveTerminal {
  const known = live.get(key)
  if (known) return known
  const made = makeLive(lab, key)
  live.set(key, made)
  return made
}

function makeLive(lab: string, key: string): LiveTerminal {
  const client = createClient()
  const { setTab, change } = useTerminals.getState()
  let feed: Feed | null = null
  let id: string | null = null
  let opening = false
  let disposed = false
  // a screen reader is told what is new; with it xterm draws so slowly that a long history would take half a minute
  let caughtUp = false
  const readAloud = (): void => screen.readAloud(caughtUp && useTerminals.getState().readAloud)
  let resizing: ReturnType<typeof setTimeout> | undefined

  const screen = createXtermScreen({
    onInput: (data) => feed && !feed.replaying() && feed.input(data),
    onResize: (cols, rows) => {
      clearTimeout(resizing)
      // a size that does not arrive now is told with the next one
      resizing = setTimeout(
        () => id && void client.terminals.resize({ id, cols, rows }).catch(() => undefined),
        resizeAfterMs,
      )
    },
    onFound: (present, of) => setTab(key, { found: { present, of } }),
  })
  const { scheme: _, large } = useTheme.getState()
  screen.resizeType(large)
  const stops = [
    // after the page has its new tokens
    useTheme.subscribe((now, before) => {
      if (now.scheme !== before.scheme) requestAnimationFrame(() => screen.recolour())
      if (now.large !== before.large) requestAnimationFrame(() => screen.resizeType(now.large))
    }),
    useTerminals.subscribe((now, before) => {
      if (now.readAloud !== before.readAloud) readAloud()
    }),
  ]

  const watch = (terminal: string): void => {
    id = terminal
    feed?.stop()
    feed = openFeed(client, terminal, {
      draw: (text, drawn) => (disposed ? undefined : screen.term.write(text, drawn)),
      skipped: (bytes) => screen.term.write(grey(`${bytes.toLocaleString('en')} bytes of output are gone`)),
      state: (state, why) => setTab(key, { state, why, failure: null }),
      caughtUp: () => {
        caughtUp = true
        readAloud()
      },
      ended: onEnd,
    })
    const { cols, rows } = screen.term
    void client.terminals.resize({ id: terminal, cols, rows }).catch(() => undefined)
  }
  /** Closed elsewhere: the tab goes too. Unknown: the app was started anew, and so is the terminal. */
  const onEnd = (failure: Failure | null): void => {
    if (disposed) return
    if (failure === null) return closeTerminal(lab, key)
    id = null
    change(lab, (layout) => ({
      ...layout,
      tabs: layout.tabs.map((tab) => (tab.key === key ? { ...tab, id: null } : tab)),
    }))
    if (failure.code !== 'unknown-terminal') return setTab(key, { state: 'closed', failure })
    if (screen.term.buffer.active.length > 1 && tabState(key).state !== 'idle') {
      screen.term.write(grey('the app was started anew: a new session, the old one is gone'))
    }
    setTab(key, { state: 'idle' })
    void begin()
  }
  const begin = async (): Promise<void> => {
    if (opening || id || disposed) return
    opening = true
    const tab = layoutOf(lab).tabs.find((each) => each.key === key)
    setTab(key, { state: 'connecting', why: '', failure: null })
    try {
      if (!tab) return
      if (tab.id) return watch(tab.id)
      const { cols, rows } = screen.term
      const view = await client.terminals.open({ lab, host: tab.host, kind: tab.kind, cols, rows })
      if (disposed) return void client.terminals.close({ id: view.id }).catch(() => undefined)
      change(lab, (layout) => ({
        ...layout,
        tabs: layout.tabs.map((each) => (each.key === key ? { ...each, id: view.id } : each)),
      }))
      watch(view.id)
    } catch (error) {
      setTab(key, { state: 'closed', failure: failureOf(error) })
    } finally {
      opening = false
    }
  }
  return {
    screen,
    input: (data) => feed?.input(data),
    begin,
    dispose() {
      disposed = true
      for (const stop of stops) stop()
      clearTimeout(resizing)
      feed?.stop()
      screen.dispose()
      live.delete(key)
    },
  }
}

/** Closes the tab and the terminal behind it. */
export function closeTerminal(lab: string, key: string): void {
  const id = layoutOf(lab).tabs.find((tab) => tab.key === key)?.id
  live.get(key)?.dispose()
  forgetTab(lab, key)
  if (id) {
    void createClient()
      .terminals.close({ id })
      .catch(() => undefined) // closed already, or with the app
  }
}

/** Leaving the workspace lets go of the screens; the terminals in src-main go on, and keep their output. */
export function releaseScreens(lab: string): void {
  for (const { key } of layoutOf(lab).tabs) live.get(key)?.dispose()
}
