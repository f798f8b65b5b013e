import { create } from 'zustand'

/** A moment that the screen looks at; null: now. The topology, the timeline and its list show the same one. */
interface MomentState {
  /** Epoch ms on the app's clock. */
  t: number | null
  /** The lab that it belongs to: a moment of one lab says nothing about another. */
  lab: string | null
  look: (lab: string, t: number) => void
  live: () => void
}

export const useMoment = create<MomentState>((set) => ({
  t: null,
  lab: null,
  look: (lab, t) => set({ lab, t: Math.round(t) }),
  live: () => set({ t: null, lab: null }),
}))

/** The moment that this lab is shown at, or null for now. */
export const momentFor =
  (lab: string) =>
  (state: MomentState): number | null =>
    state.lab === lab ? state.t : null
