import { create } from 'zustand'

/**
 * Two places: home, and one lab. Whether a lab shows its boot or its workspace is the lab's state, not a place.
 * The place lives in the URL's fragment, so that a reload comes back to it; the connection module has taken the
 * access token out of the fragment before.
 */
export type Route = { at: 'home' } | { at: 'lab'; lab: string }

export const parseRoute = (fragment: string): Route => {
  const match = /^#\/lab\/([a-z][a-z0-9-]{0,30})$/.exec(fragment)
  return match ? { at: 'lab', lab: match[1]! } : { at: 'home' }
}

export const fragmentOf = (route: Route): string => (route.at === 'lab' ? `#/lab/${route.lab}` : '#/')

interface RouteState {
  route: Route
  go: (route: Route) => void
}

export const useRoute = create<RouteState>((set) => ({
  route: parseRoute(window.location.hash),
  go: (route) => {
    const fragment = fragmentOf(route)
    if (window.location.hash !== fragment) window.history.pushState(null, '', fragment)
    set({ route })
  },
}))

export const goHome = (): void => useRoute.getState().go({ at: 'home' })
export const goToLab = (lab: string): void => useRoute.getState().go({ at: 'lab', lab })

/** Back and forward of the browser, and links. */
export function startRoute(): void {
  const follow = (): void => useRoute.setState({ route: parseRoute(window.location.hash) })
  window.addEventListener('popstate', follow)
  window.addEventListener('hashchange', follow)
}
