import { ORPCError } from '@orpc/client'
import type { Failure } from '../app/connection.js'
import { liveTerminal } from './live-terminal.js'
import { keystrokes, promptState, type PromptState } from './prompt.js'
import { layoutOf, openTab, tabState, useTerminals } from './store.js'
import { samePlace, show, type Place } from './tabs.js'

export interface RunRequest extends Place {
  lab: string
  text: string
  /** Default true: the text is run, not only typed. */
  enter?: boolean
}

const openWithinMs = 15_000
/** psql by the client's route waits for a leader; a shell is there in a blink. */
const promptWithinMs = 10_000
/** A command that is just finishing: not yet a reason to open another tab. */
const patienceMs = 400
const everyMs = 40

/**
 * Types a text into the terminal of a place, and runs it. It takes the tab that is at its prompt, and opens another one
 * rather than type into a program that is running. Resolves once it is typed; rejects with what a screen can show.
 */
export async function runInTerminal({ lab, host, kind, text, enter = true }: RunRequest): Promise<void> {
  const place = { host, kind }
  await until(() => useTerminals.getState().layouts[lab] !== undefined, openWithinMs)
  const key = (await readyTab(lab, place)) ?? openTab(lab, place)
  useTerminals.getState().change(lab, (layout) => show(layout, key))
  const { screen, input, begin } = liveTerminal(lab, key)
  await until(() => screen.term.element !== undefined, openWithinMs) // shown: it has its size
  await begin()
  await until(() => !['idle', 'connecting'].includes(tabState(key).state), openWithinMs)
  if (tabState(key).state === 'closed' && !tabState(key).failure) {
    input('\r') // its session ended, and Enter begins another
    await until(() => tabState(key).state === 'open', openWithinMs)
  }
  refuseUnlessOpen(place, key)
  const ready = (): boolean => stateOf(lab, key) === 'ready'
  if (stateOf(lab, key) === 'typed') input('\x03') // whatever was half typed there
  if (!(await until(ready, promptWithinMs))) {
    throw refused(place, 'it shows no prompt', 'Look at the terminal, then run this again')
  }
  refuseUnlessOpen(place, key)
  const keys = keystrokes(text, kind, screen.term.modes.bracketedPasteMode)
  input(enter ? keys : keys.replace(/\r$/, ''))
  screen.term.scrollToBottom()
  screen.term.focus()
}

/** Among the tabs of a place: the one shown first, if it is at a prompt, or will be in a moment. */
async function readyTab(lab: string, place: Place): Promise<string | null> {
  const { tabs, shown } = layoutOf(lab)
  const mine = tabs.filter((tab) => samePlace(tab, place))
  const ordered = mine.toSorted((a, b) => Number(shown.includes(b.key)) - Number(shown.includes(a.key)))
  const usable = (): string | undefined =>
    ordered.find(({ key }) => tabState(key).state !== 'open' || stateOf(lab, key) !== 'busy')?.key
  await until(() => usable() !== undefined, ordered.length > 0 ? patienceMs : 0)
  return usable() ?? null
}

function stateOf(lab: string, key: string): PromptState {
  const line = liveTerminal(lab, key).screen.lineAtCursor()
  return line === null ? 'busy' : promptState(line)
}

function refuseUnlessOpen(place: Place, key: string): void {
  const { state, why, failure } = tabState(key)
  if (failure) throw new ORPCError('DOJO', { data: failure })
  if (state === 'host-down') throw refused(place, why, 'Start the host, or run this where a host is up')
  if (state === 'host-frozen') throw refused(place, why, 'Let the host run again, then run this')
  if (state !== 'open')
    throw refused(place, why || 'its session does not begin', 'Look at the terminal, then run this again')
}

const refused = ({ host, kind }: Place, why: string, next: string): ORPCError<'DOJO', Failure> =>
  new ORPCError('DOJO', {
    data: { code: 'host-down', what: `The terminal of ${host ?? kind} takes no command now`, why, next },
  })

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() >= end) return false
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  return true
}
