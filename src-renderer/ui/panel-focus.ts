import { create } from 'zustand'

/** The panels of the workspace, in the order of F6 and Alt 1 to 5. Not every lab has the last. */
export const panelIds = ['guide', 'topology', 'terminals', 'timeline', 'metrics'] as const
export type PanelId = (typeof panelIds)[number]

interface PanelState {
  maximised: PanelId | null
  /** Fills the window with a panel, or puts it back. */
  toggle: (panel: PanelId) => void
  restore: () => void
}

export const usePanels = create<PanelState>((set, get) => ({
  maximised: null,
  toggle: (panel) => set({ maximised: get().maximised === panel ? null : panel }),
  restore: () => set({ maximised: null }),
}))

/** The panels that are on screen, in their order. */
export const presentPanels = (): PanelId[] =>
  panelIds.filter((id) => document.querySelector(`.panel[data-panel="${id}"]`))

/** Where a panel wants the keyboard: the element marked `data-panel-focus` inside it, or the panel itself. */
export function focusPanel(panel: PanelId): void {
  const element = document.querySelector<HTMLElement>(`[data-panel="${panel}"]`)
  const inside = element?.querySelector<HTMLElement>('[data-panel-focus]')
  ;(inside ?? element)?.focus()
}

/** The panel that holds the keyboard now. By class too: the library that splits panels marks its own with `data-panel`. */
export function focusedPanel(): PanelId | null {
  const id = document.activeElement?.closest<HTMLElement>('.panel[data-panel]')?.dataset.panel
  return panelIds.find((panel) => panel === id) ?? null
}
