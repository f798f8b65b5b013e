import type { TerminalView } from '../../src-main/contract/terminal.js'

export type TerminalKind = TerminalView['kind']

/** Where a terminal leads: a host's shell, root's, or psql (without a host: the client's write route). */
export interface Place {
  host: string | null
  kind: TerminalKind
}

export interface Tab extends Place {
  key: string
  title: string
  /** Of the terminal in src-main; null until the tab is shown for the first time. */
  id: string | null
}

/** The terminals of one lab on screen: a row of tabs, of which one or two are shown side by side. */
export interface Layout {
  tabs: Tab[]
  /** Keys of the tabs in the left and the right pane; empty without tabs. */
  shown: string[]
  /** The pane that has, or last had, the keyboard. */
  focused: number
}

export const emptyLayout: Layout = { tabs: [], shown: [], focused: 0 }

/** "pg1", "pg1 root", "psql", "psql pg1"; a second one of a kind is numbered. */
export function titleFor({ host, kind }: Place, taken: readonly string[]): string {
  const name = { shell: `${host}`, root: `${host} root`, psql: host === null ? 'psql' : `psql ${host}` }[kind]
  for (let number = 2, title = name; ; title = `${name} ${number++}`) if (!taken.includes(title)) return title
}

export const samePlace = (a: Place, b: Place): boolean => a.host === b.host && a.kind === b.kind

export const focusedTab = ({ tabs, shown, focused }: Layout): Tab | null =>
  tabs.find(({ key }) => key === shown[focused]) ?? null

/** Shows a tab in the pane with the keyboard; one that is shown already gets the keyboard where it is. */
export function show(layout: Layout, key: string, pane = layout.focused): Layout {
  if (!layout.tabs.some((tab) => tab.key === key)) return layout
  const there = layout.shown.indexOf(key)
  if (there >= 0) return there === layout.focused ? layout : { ...layout, focused: there }
  const shown = layout.shown.length === 0 ? [key] : layout.shown.with(Math.min(pane, layout.shown.length - 1), key)
  return { ...layout, shown, focused: Math.min(pane, shown.length - 1) }
}

/** A new tab, after the last of its host's, shown in the pane with the keyboard. */
export function addTab(layout: Layout, place: Place, key: string, id: string | null = null): Layout {
  const title = titleFor(
    place,
    layout.tabs.map((tab) => tab.title),
  )
  const last = layout.tabs.findLastIndex((tab) => samePlace(tab, place))
  const tabs = layout.tabs.toSpliced(last < 0 ? layout.tabs.length : last + 1, 0, { ...place, key, title, id })
  return show({ ...layout, tabs }, key)
}

/** The nearest tab that is not shown, rather the next, takes the pane of the closed one; without any the pane goes. */
export function closeTab(layout: Layout, key: string): Layout {
  const at = layout.tabs.findIndex((tab) => tab.key === key)
  if (at < 0) return layout
  const tabs = layout.tabs.toSpliced(at, 1)
  const pane = layout.shown.indexOf(key)
  if (pane < 0) return { ...layout, tabs }
  const hidden = tabs.filter((tab) => !layout.shown.includes(tab.key))
  const near = hidden.toSorted(
    (a, b) => Math.abs(tabs.indexOf(a) - at + 0.25) - Math.abs(tabs.indexOf(b) - at + 0.25),
  )[0]
  const shown = near ? layout.shown.with(pane, near.key) : layout.shown.toSpliced(pane, 1)
  return { tabs, shown, focused: Math.max(0, Math.min(layout.focused, shown.length - 1)) }
}

/** Two panes: the next tab that is not shown comes to the right. Null when there is none: open one first. */
export function split(layout: Layout): Layout | null {
  if (layout.shown.length !== 1) return null
  const at = layout.tabs.findIndex(({ key }) => key === layout.shown[0])
  const next = [...layout.tabs.slice(at + 1), ...layout.tabs.slice(0, at)][0]
  return next ? { ...layout, shown: [layout.shown[0]!, next.key], focused: 1 } : null
}

/** One pane again: the one with the keyboard stays. */
export const unsplit = (layout: Layout): Layout => {
  const kept = layout.shown[layout.focused]
  return kept === undefined ? layout : { ...layout, shown: [kept], focused: 0 }
}

/** The tab `by` places further in the row, in the pane with the keyboard. */
export function step(layout: Layout, by: number): Layout {
  const at = layout.tabs.findIndex(({ key }) => key === layout.shown[layout.focused])
  if (at < 0) return layout
  const next = layout.tabs[(at + by + layout.tabs.length) % layout.tabs.length]!
  return show(layout, next.key)
}
