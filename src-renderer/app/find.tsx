import { useId, useMemo, useState, type KeyboardEvent } from 'react'
import { Kbd } from '../ui/button.js'
import { Dialog } from '../ui/dialog.js'
import { allCommands, useCommandSets, type Command } from './commands.js'
import { useOverlays } from './overlays.js'

/** Commands whose title or group holds every word of the query; those that begin with it come first. */
export function matching(commands: Command[], query: string): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const text = ({ title, group }: Command): string => `${title} ${group}`.toLowerCase()
  const found = commands.filter((command) => words.every((word) => text(command).includes(word)))
  const first = words[0]
  if (!first) return found
  const rank = ({ title }: Command): number => (title.toLowerCase().startsWith(first) ? 0 : 1)
  return found.toSorted((a, b) => rank(a) - rank(b))
}

/** Everything that can be done now, by name: a combobox over the commands of this screen. */
export function Find() {
  const close = useOverlays((state) => state.close)
  const sets = useCommandSets((state) => state.sets)
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const found = useMemo(() => matching(allCommands(sets), query), [sets, query])
  const active = Math.min(at, Math.max(0, found.length - 1))
  const run = (command: Command | undefined) => {
    if (!command) return
    close()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by !== undefined && found.length > 0) {
      event.preventDefault()
      setAt((active + by + found.length) % found.length)
    }
    if (event.key === 'Enter') {
      event.preventDefault() // the focus goes back in this moment: what gets it must not be pressed by the same key
      run(found[active])
    }
  }
  return (
    <Dialog title="Find a command" onClose={close} bare>
      <input
        className="find-input"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found[active] ? `${id}-${found[active].id}` : undefined}
        aria-label="Find a command"
        placeholder="Find a command, an exercise or a lab"
        autoFocus
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul className="find-list" role="listbox" id={`${id}-list`} aria-label="Commands">
        {found.map((command, index) => (
          // The combobox holds the keyboard; the list is for the mouse.
          <li
            key={command.id}
            id={`${id}-${command.id}`}
            role="option"
            aria-selected={index === active}
            onMouseMove={() => setAt(index)}
            onClick={() => run(command)}
          >
            <span className="ink3 t1 find-group">{command.group}</span>
            <span className="grow">{command.title}</span>
            {command.keys && <Kbd>{command.keys}</Kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="find-none ink2">No command holds “{query}”. Try fewer letters.</p>}
    </Dialog>
  )
}
