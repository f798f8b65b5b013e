import { create } from 'zustand'

/** The help (F1) and the finder (Ctrl K): at most one is open. */
interface OverlayState {
  open: 'help' | 'find' | null
  show: (overlay: 'help' | 'find') => void
  close: () => void
}

export const useOverlays = create<OverlayState>((set) => ({
  open: null,
  show: (open) => set({ open }),
  close: () => set({ open: null }),
}))
