import { useEffect, useState } from 'react'
import { BootOrWorkspace } from './lab-screen.js'
import { useCommands } from './commands.js'
import { ErrorBoundary } from './error-boundary.js'
import { Find } from './find.js'
import { Help } from './help.js'
import { useOverlays } from './overlays.js'
import { goHome, useRoute } from './route.js'
import { useTheme } from './theme.js'
import { ConnectionBanner, NoAccess } from './access.js'
import { useConnectionState } from './use-stream.js'
import { Home } from '../home/home.js'
import { IconSheet } from '../ui/icons.js'
import './app.css'
import '../ui/ui.css'

/** The window: where it is, the keys that work everywhere, and what lies over it. */
export function App() {
  const state = useConnectionState()
  const route = useRoute((each) => each.route)
  const overlay = useOverlays((each) => each.open)
  useWindowCommands()
  useRememberedFocus(route.at === 'lab' ? route.lab : 'home')
  if (state === 'no-token' || state === 'refused') return <NoAccess state={state} />
  return (
    <div className="app">
      <IconSheet />
      <a
        className="skip"
        href="#main"
        onClick={(event) => (event.preventDefault(), document.querySelector<HTMLElement>('main')?.focus())}
      >
        Skip to the content
      </a>
      <ConnectionBanner state={state} />
      <ErrorBoundary
        what={route.at === 'home' ? 'Home' : `Lab ${route.lab}`}
        key={route.at === 'home' ? 'home' : route.lab}
      >
        {route.at === 'home' ? <Home /> : <BootOrWorkspace lab={route.lab} />}
      </ErrorBoundary>
      {overlay === 'help' && <Help />}
      {overlay === 'find' && <Find />}
    </div>
  )
}

function useWindowCommands() {
  const { choice, choose, large, setLarge } = useTheme()
  const show = useOverlays((each) => each.show)
  const atHome = useRoute((each) => each.route.at === 'home')
  useCommands('window', [
    { id: 'help', title: 'Help: keys and shapes', group: 'View', keys: 'F1', run: () => show('help') },
    {
      id: 'find',
      title: 'Find a command',
      group: 'View',
      keys: 'Ctrl K',
      notInTerminal: true,
      run: () => show('find'),
    },
    {
      id: 'find-anywhere',
      title: 'Find a command, from a terminal too',
      group: 'View',
      keys: 'Ctrl Shift K',
      run: () => show('find'),
    },
    ...(atHome ? [] : [{ id: 'home', title: 'Home', group: 'Go to' as const, keys: 'Alt 0', run: goHome }]),
    ...(['dark', 'light', 'system'] as const)
      .filter((each) => each !== choice)
      .map((each) => ({
        id: `theme-${each}`,
        title: each === 'system' ? 'Colours: as the system' : `Colours: ${each}`,
        group: 'View' as const,
        run: () => choose(each),
      })),
    {
      id: 'projector',
      title: large ? 'Projector mode off' : 'Projector mode: larger type',
      group: 'View',
      run: () => setLarge(!large),
    },
  ])
}

/** A change of place moves the keyboard to the new place's beginning, as a page load would. */
function useRememberedFocus(place: string) {
  const [first] = useState(place)
  useEffect(() => {
    if (place !== first) document.querySelector<HTMLElement>('main')?.focus()
  }, [place, first])
}
