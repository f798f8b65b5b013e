import { useEffect, useRef } from 'react'
import { create } from 'zustand'

/**
 * What can be done now. Screens add their commands while they are mounted; the keyboard, the finder (Ctrl K) and the
 * help (F1) all read this one list, so that no key is undocumented and no command unreachable.
 */
export interface Command {
  id: string
  /** What it does, as on a button: "Crash pg1's host". */
  title: string
  group: 'Go to' | 'Exercise' | 'Faults' | 'Terminals' | 'View' | 'Labs'
  /** For example "F9", "Ctrl K", "Alt 1". Works wherever the focus is, unless `notInTerminal`. */
  keys?: string
  /** Its key belongs to the shell while a terminal has the focus. */
  notInTerminal?: boolean
  /** Its key works only while no control has the focus: Enter on the one primary of a screen. */
  whenIdle?: boolean
  run: () => void
}

interface CommandState {
  sets: Record<string, Command[]>
  put: (owner: string, commands: Command[]) => void
  drop: (owner: string) => void
}

export const useCommandSets = create<CommandState>((set) => ({
  sets: {},
  put: (owner, commands) => set(({ sets }) => ({ sets: { ...sets, [owner]: commands } })),
  drop: (owner) =>
    set(({ sets }) => ({ sets: Object.fromEntries(Object.entries(sets).filter(([key]) => key !== owner)) })),
}))

export const allCommands = (sets: Record<string, Command[]>): Command[] => Object.values(sets).flat()

/** Offers commands while the component is mounted. What they run may close over fresh state: the list is renewed. */
export function useCommands(owner: string, commands: Command[]): void {
  const latest = useRef(commands)
  useEffect(() => {
    latest.current = commands
  })
  const shape = commands.map(({ id, title, group, keys }) => `${id}|${title}|${group}|${keys ?? ''}`).join('\n')
  useEffect(() => {
    const { put, drop } = useCommandSets.getState()
    put(
      owner,
      latest.current.map((command) => ({
        ...command,
        run: () => latest.current.find(({ id }) => id === command.id)?.run(),
      })),
    )
    return () => drop(owner)
  }, [owner, shape])
}

/** "Ctrl+K" of an event, in the words that commands use: "Ctrl K", "Alt 1", "Shift F6", "F9". */
export function keysOf(
  event: Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'key' | 'code'>,
): string {
  const digit = /^Digit(\d)$/.exec(event.code)?.[1]
  const key = digit ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key)
  const ctrl = event.ctrlKey || event.metaKey
  return [ctrl && 'Ctrl', event.altKey && 'Alt', event.shiftKey && 'Shift', key].filter(Boolean).join(' ')
}

const inTerminal = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[data-terminal], .xterm') !== null

const idle = (target: EventTarget | null): boolean =>
  target === document.body || (target instanceof Element && target.tagName === 'MAIN')

/** One listener, before the terminals see the key; a key that no command has goes on its way. */
export function startKeyboard(): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.isComposing || event.repeat || document.querySelector('dialog[open]')) return
    const keys = keysOf(event)
    const command = allCommands(useCommandSets.getState().sets).find((each) => each.keys === keys)
    if (!command || (command.notInTerminal && inTerminal(event.target))) return
    if (command.whenIdle && !idle(event.target)) return
    event.preventDefault()
    event.stopPropagation()
    command.run()
  }
  window.addEventListener('keydown', listen, { capture: true })
  return () => window.removeEventListener('keydown', listen, { capture: true })
}
