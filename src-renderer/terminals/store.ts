import { create } from 'zustand'
import type { LabInfo } from '../../src-main/contract/lab.js'
import type { TerminalView } from '../../src-main/contract/terminal.js'
import type { Failure } from '../app/connection.js'
import { savedLayout, saveLayout } from './saved-layout.js'
import { addTab, closeTab, emptyLayout, type Layout, type Place } from './tabs.js'

export interface TabState {
  state: TerminalView['state'] | 'idle'
  why: string
  /** It could not be had: shown in its pane, with a way to try again. */
  failure: Failure | null
  /** Of the search: which hit, of how many. */
  found: { present: number; of: number }
}

const idle: TabState = { state: 'idle', why: '', failure: null, found: { present: 0, of: 0 } }

interface TerminalsState {
  /** By lab. Absent until the lab's panel has been there. */
  layouts: Record<string, Layout>
  infos: Record<string, LabInfo>
  /** By a tab's key. */
  tabs: Record<string, TabState>
  searching: boolean
  readAloud: boolean
  load: (info: LabInfo, first: () => Layout) => void
  change: (lab: string, change: (layout: Layout) => Layout) => void
  setTab: (key: string, part: Partial<TabState>) => void
  setSearching: (on: boolean) => void
  setReadAloud: (on: boolean) => void
}

const readAloudKey = 'dojo.terminals.read-aloud'

export const useTerminals = create<TerminalsState>((set, get) => ({
  layouts: {},
  infos: {},
  tabs: {},
  searching: false,
  readAloud: globalThis.localStorage?.getItem(readAloudKey) === 'on',
  load(info, first) {
    const known = get().infos[info.lab]
    if (known?.createdAt === info.createdAt && get().layouts[info.lab]) return
    const layout = savedLayout(info) ?? first()
    set(({ infos, layouts }) => ({
      infos: { ...infos, [info.lab]: info },
      layouts: { ...layouts, [info.lab]: layout },
    }))
    saveLayout(info, layout)
  },
  change(lab, change) {
    const { layouts, infos } = get()
    const before = layouts[lab] ?? emptyLayout
    const layout = change(before)
    if (layout === before) return
    set({ layouts: { ...layouts, [lab]: layout } })
    if (infos[lab]) saveLayout(infos[lab], layout)
  },
  setTab: (key, part) => set(({ tabs }) => ({ tabs: { ...tabs, [key]: { ...(tabs[key] ?? idle), ...part } } })),
  setSearching: (searching) => set({ searching }),
  setReadAloud(readAloud) {
    localStorage.setItem(readAloudKey, readAloud ? 'on' : 'off')
    set({ readAloud })
  },
}))

export const tabState = (key: string): TabState => useTerminals.getState().tabs[key] ?? idle
export const useTabState = (key: string): TabState => useTerminals((state) => state.tabs[key] ?? idle)
export const layoutOf = (lab: string): Layout => useTerminals.getState().layouts[lab] ?? emptyLayout

export const newKey = (): string => crypto.randomUUID().slice(0, 8)

/** Adds a tab, shows it, and says its key. */
export function openTab(lab: string, place: Place): string {
  const key = newKey()
  useTerminals.getState().change(lab, (layout) => addTab(layout, place, key))
  return key
}

export function forgetTab(lab: string, key: string): void {
  useTerminals.getState().change(lab, (layout) => closeTab(layout, key))
  useTerminals.setState(({ tabs }) => ({
    tabs: Object.fromEntries(Object.entries(tabs).filter(([each]) => each !== key)),
  }))
}
