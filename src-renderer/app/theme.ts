import { create } from 'zustand'

export type ThemeChoice = 'dark' | 'light' | 'system'
export type Scheme = 'dark' | 'light'

const choiceKey = 'dojo.theme'
const sizeKey = 'dojo.size'
const system = window.matchMedia('(prefers-color-scheme: light)')

const isChoice = (value: string | null): value is ThemeChoice =>
  value === 'dark' || value === 'light' || value === 'system'

const remembered = (): ThemeChoice => {
  const value = localStorage.getItem(choiceKey)
  return isChoice(value) ? value : 'system'
}

const schemeFor = (choice: ThemeChoice): Scheme => (choice === 'system' ? (system.matches ? 'light' : 'dark') : choice)

interface ThemeState {
  choice: ThemeChoice
  /** What is on screen: terminals, which draw on a canvas, take their colours from it. */
  scheme: Scheme
  /** Projector mode: the same window, larger. */
  large: boolean
  choose: (choice: ThemeChoice) => void
  setLarge: (large: boolean) => void
}

const show = (scheme: Scheme, large: boolean): void => {
  document.documentElement.dataset.scheme = scheme
  document.documentElement.dataset.size = large ? 'large' : 'normal'
}

export const useTheme = create<ThemeState>((set) => ({
  choice: remembered(),
  scheme: schemeFor(remembered()),
  large: localStorage.getItem(sizeKey) === 'large',
  choose: (choice) => {
    localStorage.setItem(choiceKey, choice)
    set({ choice, scheme: schemeFor(choice) })
  },
  setLarge: (large) => {
    localStorage.setItem(sizeKey, large ? 'large' : 'normal')
    set({ large })
  },
}))

/** Before the first paint, so that nothing flashes; then on every change, here or in the system's settings. */
export function startTheme(): void {
  const { scheme, large } = useTheme.getState()
  show(scheme, large)
  useTheme.subscribe((state) => show(state.scheme, state.large))
  system.addEventListener('change', () => useTheme.setState(({ choice }) => ({ scheme: schemeFor(choice) })))
}
