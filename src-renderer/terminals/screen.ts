import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { WebglAddon } from '@xterm/addon-webgl'
import { Terminal } from '@xterm/xterm'
import { searchColours, terminalColours } from './colours.js'
import { isCopy, isPaste } from './keys.js'

const scrollbackLines = 10_000
const font = "'JetBrains Mono Variable', 'JetBrains Mono', ui-monospace, monospace"
/** 13/18; in projector mode 16/22. The ratio is of the font's own height, 17 and 21, and cut to whole pixels. */
const sizes = { normal: { fontSize: 13, lineHeight: 1.06 }, large: { fontSize: 16, lineHeight: 1.06 } }
/** A drag of a divider gives dozens of sizes a second; each would redraw the program's screen. */
const fitAfterMs = 60

export interface FindOptions {
  caseSensitive: boolean
  /** Backwards is up, towards older lines: where what is looked for mostly is. */
  back: boolean
  /** While typing: the present hit grows rather than moves. */
  typing: boolean
}

export interface ScreenEvents {
  onInput(data: string): void
  onResize(cols: number, rows: number): void
  onFound(present: number, of: number): void
}

export type XtermScreen = ReturnType<typeof createXtermScreen>

const open = (event: MouseEvent, uri: string): void => {
  // a press alone belongs to the terminal: selecting a URL must not leave the page
  if (event.ctrlKey || event.metaKey) window.open(uri, '_blank', 'noopener,noreferrer')
}

/** One xterm, kept outside React: it lives on, and goes on drawing, while its tab is not shown. */
export function createXtermScreen({ onInput, onResize, onFound }: ScreenEvents) {
  const root = document.createElement('div')
  root.className = 'term-root'
  const term = new Terminal({
    allowProposedApi: true, // Unicode 11 widths and the search's marks
    fontFamily: font,
    ...sizes.normal,
    scrollback: scrollbackLines,
    minimumContrastRatio: 4.5,
    cursorInactiveStyle: 'outline',
    overviewRuler: { width: 8 },
    rescaleOverlappingGlyphs: true,
    theme: terminalColours(),
    linkHandler: { activate: open },
  })
  const fit = new FitAddon()
  const search = new SearchAddon()
  term.loadAddon(fit)
  term.loadAddon(search)
  term.loadAddon(new Unicode11Addon())
  term.unicode.activeVersion = '11'
  term.loadAddon(new WebLinksAddon(open))
  term.onData(onInput)
  term.onBinary(onInput)
  term.onResize(({ cols, rows }) => onResize(cols, rows))
  search.onDidChangeResults(({ resultIndex, resultCount }) => onFound(resultIndex + 1, resultCount))
  // false: xterm lets the key go, and the browser does its own copy or paste, which needs no permission
  term.attachCustomKeyEventHandler((event) => {
    if (isPaste(event)) return false
    if (!isCopy(event)) return true
    if (event.type === 'keydown') {
      event.preventDefault() // or the browser opens its inspector
      copy()
    }
    return false
  })

  let webgl: WebglAddon | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let marked = false
  let wantsFocus = false
  let name = ''
  const markFocus = (on: boolean, label = name): void => {
    marked = on
    name = label
    term.textarea?.toggleAttribute('data-panel-focus', on)
    term.textarea?.setAttribute('aria-label', label)
  }
  let finding: { text: string; caseSensitive: boolean } | null = null

  const fitNow = (): void => {
    clearTimeout(timer)
    if (root.isConnected && root.clientWidth > 40 && root.clientHeight > 18) fit.fit()
  }
  const observer = new ResizeObserver(() => {
    clearTimeout(timer)
    timer = setTimeout(fitNow, fitAfterMs)
  })
  // Drawn on the graphics card while it is visible: browsers give a page about 16 contexts. There a cell is cut to
  // whole pixels, 7.8 to 7, so one more is asked for.
  const accelerate = (): void => {
    try {
      const addon = new WebglAddon()
      addon.onContextLoss(() => {
        addon.dispose()
        if (webgl === addon) webgl = null
        term.options.letterSpacing = 0
      })
      term.loadAddon(addon)
      webgl = addon
    } catch {
      webgl = null // without a graphics card xterm draws with elements
    }
    term.options.letterSpacing = webgl ? 1 : 0
  }
  const copy = (): boolean => {
    const text = term.getSelection()
    if (!text) return false
    // xterm answers the copy event with its selection; the modern call asks for a secure context and a permission
    term.focus()
    if (!document.execCommand('copy')) void navigator.clipboard?.writeText(text).catch(() => undefined)
    return true
  }

  return {
    term,
    root,
    copy,
    /** Puts the terminal into a pane, in its size. The font must be there first: xterm measures once. */
    async attach(pane: HTMLElement, gone: () => boolean): Promise<void> {
      await document.fonts.load(`13px ${font}`).catch(() => undefined)
      if (gone()) return
      pane.append(root)
      if (!term.element) {
        term.open(root)
        // xterm shows no cursor before its first focus; this shows it without taking the keyboard
        for (const type of ['focus', 'blur']) term.textarea?.dispatchEvent(new FocusEvent(type))
      }
      markFocus(marked)
      if (!webgl) accelerate()
      observer.observe(root)
      fitNow()
      if (wantsFocus) term.focus()
      wantsFocus = false
    },
    /** Whether the panel's keyboard goes here (see ui/panel-focus), and what it is called when it does. */
    markFocus,
    focusWhenShown(): void {
      if (root.isConnected) term.focus()
      else wantsFocus = true
    },
    detach(): void {
      observer.disconnect()
      webgl?.dispose()
      webgl = null
      root.remove()
    },
    fit: fitNow,
    recolour(): void {
      term.options.theme = terminalColours()
      if (finding) search.clearDecorations()
    },
    resizeType(large: boolean): void {
      Object.assign(term.options, large ? sizes.large : sizes.normal)
      fitNow()
    },
    readAloud(on: boolean): void {
      term.options.screenReaderMode = on
    },
    /** Text of the line that the cursor is on, up to the cursor, joined where it wraps. */
    lineAtCursor(): string | null {
      const { active } = term.buffer
      if (active.type !== 'normal') return null
      let text = ''
      for (let row = active.baseY + active.cursorY; row >= 0; row--) {
        const line = active.getLine(row)
        if (!line) break
        const end = text === '' && row === active.baseY + active.cursorY ? active.cursorX : term.cols
        text = line.translateToString(false, 0, end) + text
        if (!line.isWrapped) break
      }
      return text
    },
    find(text: string, { caseSensitive, back, typing }: FindOptions): void {
      finding = { text, caseSensitive }
      if (text === '') {
        search.clearDecorations()
        term.clearSelection()
        return onFound(0, 0)
      }
      const options = { caseSensitive, decorations: searchColours(), incremental: typing }
      if (back) search.findPrevious(text, options)
      else search.findNext(text, options)
    },
    endFind(): void {
      finding = null
      search.clearDecorations()
    },
    dispose(): void {
      clearTimeout(timer)
      observer.disconnect()
      term.dispose()
      root.remove()
    },
  }
}
