import { useEffect, useRef, useState, type RefObject } from 'react'
import { Group, Panel as Pane, Separator, useDefaultLayout } from 'react-resizable-panels'
import type { LabInfo } from '../../src-main/contract/lab.js'
import { createClient } from '../app/connection.js'
import { useLabInfo } from '../app/lab-data.js'
import { Button, IconButton } from '../ui/button.js'
import { Panel } from '../ui/panel.js'
import { closeTerminal, liveTerminal, releaseScreens } from './live-terminal.js'
import { NewMenu } from './new-menu.js'
import { firstLayout } from './saved-layout.js'
import { newKey, openTab, useTerminals } from './store.js'
import { TabStrip } from './tab-strip.js'
import { emptyLayout, focusedTab, samePlace, show, split, unsplit, type Layout, type Place, type Tab } from './tabs.js'
import { TerminalPane } from './terminal-pane.js'
import { useTerminalCommands } from './terminal-commands.js'
import '@xterm/xterm/css/xterm.css'
import './terminals.css'

/** Two panes side by side need this much: 72 columns, the widest table that patronictl prints, and a narrow psql. */
const wideFromPx = 880
/** 72 columns and the paddings: what the left pane gets at first. */
const leftPx = 608

/** The terminals of a lab: tabs, one or two of them in view. */
export function TerminalPanel({ lab }: { lab: string }) {
  const info = useLabInfo(lab)
  const layout = useTerminals((state) => state.layouts[lab])
  useEffect(() => (info ? loadLayout(info) : undefined), [info])
  if (!info || !layout)
    return <section className="panel" aria-busy="true" aria-label="Terminals" data-panel="terminals" />
  return <Terminals info={info} layout={layout} />
}

/** Asks first which terminals are open: a page that lost its memory takes them up again. */
function loadLayout(info: LabInfo): () => void {
  let gone = false
  clearTimeout(leaving.get(info.lab))
  const wide = window.innerWidth - 384 >= wideFromPx
  void createClient()
    .terminals.list({ lab: info.lab })
    .catch(() => [])
    .then((open) => {
      if (!gone) useTerminals.getState().load(info, () => firstLayout(info, open, wide, newKey))
    })
  return () => {
    gone = true
    // a re-mount in the same moment must find its screens
    leaving.set(
      info.lab,
      setTimeout(() => releaseScreens(info.lab), 500),
    )
  }
}
const leaving = new Map<string, ReturnType<typeof setTimeout>>()

function Terminals({ info, layout: whole }: { info: LabInfo; layout: Layout }) {
  const { lab } = info
  const body = useRef<HTMLDivElement>(null)
  const narrow = useNarrow(body)
  // a window that was made small shows one of two, until it is large again; who asks for two there gets two
  const [insists, setInsists] = useState(false)
  const layout = narrow && !insists ? unsplit(whole) : whole
  const change = useTerminals((state) => state.change)
  const setSearching = useTerminals((state) => state.setSearching)
  const present = focusedTab(layout)
  const showAndFocus = (key: string) => {
    change(lab, (now) => show(now, key))
    focusTerminal(lab, key)
  }
  const openPlace = (place: Place) => focusTerminal(lab, openTab(lab, place))
  const close = (key: string) => {
    closeTerminal(lab, key)
    const next = focusedTab(useTerminals.getState().layouts[lab] ?? emptyLayout)
    if (next) focusTerminal(lab, next.key)
  }
  const toggleSplit = () => {
    setInsists(narrow && layout.shown.length < 2)
    if (layout.shown.length === 2) return change(lab, unsplit)
    if (whole.shown.length === 2) return
    // everything is in view already: the other pane gets a second terminal of the same place
    const wider = split(layout)
    if (wider) change(lab, () => wider)
    else if (present) {
      const key = openTab(lab, present)
      change(lab, (now) => ({ ...now, shown: [present.key, key], focused: 1 }))
    }
  }
  useTerminalCommands({ info, layout, showAndFocus, openPlace, close, toggleSplit, search: () => setSearching(true) })
  const isSplit = layout.shown.length === 2
  return (
    <Panel
      id="terminals"
      title="Terminals"
      className="terminals"
      head={
        <>
          <h2 className="sr-only">Terminals</h2>
          <TabStrip info={info} layout={layout} onShow={showAndFocus} onClose={close} />
          <NewMenu info={info} onOpen={openPlace} />
        </>
      }
      tools={
        <>
          <IconButton icon="find" label="Search in the terminal (Ctrl Shift F)" onClick={() => setSearching(true)} />
          <IconButton
            icon="split"
            label={isSplit ? 'One terminal' : 'Two terminals side by side'}
            aria-pressed={isSplit}
            onClick={toggleSplit}
          />
        </>
      }
    >
      <div className="term-body" ref={body}>
        {layout.shown.length === 0 ? (
          <Empty info={info} onOpen={openPlace} />
        ) : (
          <Panes lab={lab} layout={layout} onFocus={(key) => change(lab, (now) => show(now, key))} />
        )}
      </div>
    </Panel>
  )
}

function useNarrow(ref: RefObject<HTMLElement | null>): boolean {
  const [narrow, setNarrow] = useState(false)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setNarrow((entry?.contentRect.width ?? wideFromPx) < wideFromPx))
    if (ref.current) observer.observe(ref.current)
    return () => observer.disconnect()
  }, [ref])
  return narrow
}

/** After it is in the page: a pane that just came into being takes a moment. */
function focusTerminal(lab: string, key: string): void {
  const { screen } = liveTerminal(lab, key)
  screen.focusWhenShown()
}

function Panes({ lab, layout, onFocus }: { lab: string; layout: Layout; onFocus: (key: string) => void }) {
  const saved = useDefaultLayout({ id: 'dojo.terminals.split', storage: localStorage })
  const [firstLeft] = useState(() => leftPx)
  const tabs = layout.shown.map((key) => layout.tabs.find((tab) => tab.key === key)).filter((tab): tab is Tab => !!tab)
  const pane = (at: number) => (
    <TerminalPane
      lab={lab}
      tab={tabs[at]!}
      focused={layout.focused === at}
      alone={tabs.length === 1}
      onFocus={() => onFocus(tabs[at]!.key)}
    />
  )
  if (tabs.length < 2) return pane(0)
  return (
    <Group
      orientation="horizontal"
      id="terminals-split"
      className="term-split"
      defaultLayout={saved.defaultLayout}
      onLayoutChanged={saved.onLayoutChanged}
    >
      <Pane id="left" defaultSize={firstLeft} minSize={160}>
        {pane(0)}
      </Pane>
      <Separator className="gutter" aria-label="Width of the left terminal" />
      <Pane id="right" minSize={160}>
        {pane(1)}
      </Pane>
    </Group>
  )
}

function Empty({ info, onOpen }: { info: LabInfo; onOpen: (place: Place) => void }) {
  const places: Place[] = [
    ...info.hosts.map(({ name }) => ({ host: name, kind: 'shell' as const })),
    { host: null, kind: 'psql' },
  ]
  return (
    <div className="term-empty">
      <p>No terminal is open. Shells run as postgres on their host; psql takes the client’s write route.</p>
      <div className="row">
        {places.map((place) => (
          <Button
            key={place.host ?? 'psql'}
            size="small"
            className="mono"
            onClick={() => onOpen(place)}
            data-panel-focus={samePlace(place, places[0]!) || undefined}
          >
            {place.host ?? 'psql'}
          </Button>
        ))}
      </div>
    </div>
  )
}
