import type { LabInfo } from '../../src-main/contract/lab.js'
import { useCommands, type Command } from '../app/commands.js'
import { terminalKeys } from './keys.js'
import { liveTerminal } from './live-terminal.js'
import { useTerminals } from './store.js'
import { focusedTab, samePlace, step, type Layout, type Place } from './tabs.js'

/** What the keyboard and the finder can do with the terminals. */
export function useTerminalCommands(props: {
  info: LabInfo
  layout: Layout
  showAndFocus: (key: string) => void
  openPlace: (place: Place) => void
  close: (key: string) => void
  toggleSplit: () => void
  search: () => void
}): void {
  const { info, layout, showAndFocus, openPlace, close, toggleSplit, search } = props
  const { readAloud, setReadAloud } = useTerminals()
  const present = focusedTab(layout)
  const keys = terminalKeys()
  const goBy = (by: number) => () => {
    const next = step(layout, by)
    const key = next.shown[next.focused]
    if (key) showAndFocus(key)
  }
  const group = 'Terminals' as const
  const places: [Place, string][] = [
    [{ host: null, kind: 'psql' }, 'psql by the client’s route'],
    ...info.hosts.flatMap(({ name, services }): [Place, string][] => [
      [{ host: name, kind: 'shell' }, `shell on ${name}`],
      [{ host: name, kind: 'root' }, `root shell on ${name}`],
      ...(services.includes('patroni') ? [[{ host: name, kind: 'psql' }, `psql on ${name}`] as [Place, string]] : []),
    ]),
  ]
  const first = places[0]![0]
  const commands: Command[] = [
    {
      id: 'term-new',
      title: 'Another terminal like this one',
      group,
      keys: keys.open,
      run: () => openPlace(present ? { host: present.host, kind: present.kind } : first),
    },
    ...(present
      ? [
          { id: 'term-close', title: 'Close this terminal', group, keys: keys.close, run: () => close(present.key) },
          { id: 'term-next', title: 'Next terminal', group, keys: keys.next, run: goBy(1) },
          { id: 'term-before', title: 'Terminal before', group, keys: keys.before, run: goBy(-1) },
          { id: 'term-search', title: 'Search in the terminal', group, keys: 'Ctrl Shift F', run: search },
          {
            id: 'term-copy',
            title: 'Copy what is selected in the terminal (Ctrl Shift C)',
            group,
            run: () => void liveTerminal(info.lab, present.key).screen.copy(),
          },
          {
            id: 'term-clear',
            title: 'Clear the terminal’s scrollback',
            group,
            run: () => liveTerminal(info.lab, present.key).screen.term.clear(),
          },
          {
            id: 'term-split',
            title: layout.shown.length === 2 ? 'One terminal' : 'Two terminals side by side',
            group,
            run: toggleSplit,
          },
        ]
      : []),
    {
      id: 'term-read-aloud',
      title: readAloud ? 'Terminals: screen reader support off' : 'Terminals: screen reader support on',
      group,
      run: () => setReadAloud(!readAloud),
    },
    ...places.map(([place, words]) => ({
      id: `term-to-${place.kind}-${place.host ?? 'client'}`,
      title: `Terminal: ${words}`,
      group,
      run: () => {
        const tab = layout.tabs.find((each) => samePlace(each, place))
        if (tab) showAndFocus(tab.key)
        else openPlace(place)
      },
    })),
  ]
  useCommands('terminals', commands)
}
