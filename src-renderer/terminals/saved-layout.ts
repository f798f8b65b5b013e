import type { LabInfo } from '../../src-main/contract/lab.js'
import type { TerminalView } from '../../src-main/contract/terminal.js'
import { addTab, emptyLayout, show, type Layout, type Place, type Tab } from './tabs.js'

const storageKey = (lab: string): string => `dojo.terminals.${lab}`

/** `createdAt`: a new lab of the same name begins afresh. */
type Saved = { createdAt: number; layout: Layout }

export function saveLayout({ lab, createdAt }: LabInfo, layout: Layout, storage: Storage = localStorage): void {
  try {
    storage.setItem(storageKey(lab), JSON.stringify({ createdAt, layout } satisfies Saved))
  } catch {
    // a full or forbidden storage costs the memory of the layout, nothing else
  }
}

/** What was on screen last time, as far as the lab still has it. Null: nothing usable. */
export function savedLayout({ lab, createdAt, hosts }: LabInfo, storage: Storage = localStorage): Layout | null {
  try {
    const saved = JSON.parse(storage.getItem(storageKey(lab)) ?? 'null') as Saved | null
    if (saved?.createdAt !== createdAt) return null
    const known = (tab: Tab): boolean => tab.host === null || hosts.some(({ name }) => name === tab.host)
    const tabs = saved.layout.tabs.filter((tab) => typeof tab.key === 'string' && known(tab))
    const shown = saved.layout.shown.filter((key) => tabs.some((tab) => tab.key === key)).slice(0, 2)
    if (tabs.length === 0) return null
    if (shown.length === 0) shown.push(tabs[0]!.key)
    return { tabs, shown, focused: Math.min(saved.layout.focused, shown.length - 1) }
  } catch {
    return null
  }
}

/**
 * The first sight of a lab: a tab per host that an exercise works on (those that vote or hold data), and psql by the
 * client's route; in a wide panel the first host and psql side by side. Terminals that are open already keep theirs.
 */
export function firstLayout(
  { hosts }: LabInfo,
  open: readonly TerminalView[],
  wide: boolean,
  newKey: () => string,
): Layout {
  const places: (Place & { id: string | null })[] = hosts
    .filter(({ services }) => services.includes('etcd') || services.includes('patroni'))
    .map(({ name }) => ({ host: name, kind: 'shell', id: null }))
  places.push({ host: null, kind: 'psql', id: null })
  for (const { host, kind, id } of open) {
    const free = places.find((place) => place.host === host && place.kind === kind && place.id === null)
    if (free) free.id = id
    else places.push({ host, kind, id })
  }
  let layout = emptyLayout
  for (const { host, kind, id } of places) layout = addTab(layout, { host, kind }, newKey(), id)
  const first = layout.tabs[0]!.key
  const psql = layout.tabs.find((tab) => tab.kind === 'psql')?.key
  layout = show(layout, first)
  return wide && psql && psql !== first ? { ...layout, shown: [first, psql], focused: 0 } : layout
}
