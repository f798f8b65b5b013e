import type { TerminalView } from '../contract/terminal.js'

export type TerminalState = TerminalView['state']

/** What can happen to a terminal. `shell-ended`: the command is over and its host is not to blame. */
export type TerminalEvent =
  | 'opened'
  | 'refused'
  | 'shell-ended'
  | 'host-gone'
  | 'host-frozen'
  | 'host-thawed'
  | 'host-back'
  | 'restart'

/**
 * The life of a terminal, as one table. What is not in it changes nothing. Entering `connecting` starts a new shell.
 * A frozen host keeps its shell (thawed: open again); a host that was gone has lost it (back: connecting).
 */
export const life: Record<TerminalState, Partial<Record<TerminalEvent, TerminalState>>> = {
  connecting: { opened: 'open', refused: 'closed', 'host-gone': 'host-down', 'host-frozen': 'host-frozen' },
  open: { 'shell-ended': 'closed', 'host-gone': 'host-down', 'host-frozen': 'host-frozen', 'host-back': 'connecting' },
  'host-frozen': {
    'host-thawed': 'open',
    'host-gone': 'host-down',
    'host-back': 'connecting',
    'shell-ended': 'closed',
  },
  'host-down': { 'host-back': 'connecting', 'host-frozen': 'host-frozen' },
  closed: { restart: 'connecting', 'host-gone': 'host-down', 'host-back': 'connecting' },
}

export const after = (state: TerminalState, event: TerminalEvent): TerminalState => life[state][event] ?? state
