import { useEffect, useRef, useState } from 'react'
import { IconButton } from '../ui/button.js'
import { liveTerminal } from './live-terminal.js'
import { useTabState, useTerminals } from './store.js'

/** Looks through a terminal's scrollback while one types. Enter goes to older hits, Shift Enter to newer ones. */
export function SearchBar({ lab, tabKey }: { lab: string; tabKey: string }) {
  const [text, setText] = useState('')
  const [caseSensitive, setCaseSensitive] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const { found } = useTabState(tabKey)
  const setSearching = useTerminals((state) => state.setSearching)
  const { screen } = liveTerminal(lab, tabKey)
  useEffect(() => {
    field.current?.select()
    return () => screen.endFind()
  }, [screen])
  const find = (back: boolean, typing = false, next = text, strict = caseSensitive) =>
    screen.find(next, { caseSensitive: strict, back, typing })
  const close = () => {
    setSearching(false)
    screen.term.focus()
  }
  const words =
    text === ''
      ? ''
      : found.of === 0
        ? 'none'
        : found.present === 0
          ? `${found.of}+`
          : `${found.present} of ${found.of}`
  return (
    <div className="term-search" role="search" aria-label="Search in the terminal">
      <input
        ref={field}
        autoFocus
        className="field mono"
        aria-label="Text to find"
        placeholder="Find in the terminal"
        spellCheck={false}
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          find(true, true, target.value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close()
          else if (event.key === 'Enter') find(!event.shiftKey)
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
      />
      <span className="term-found tn" aria-live="polite">
        {words}
      </span>
      <button
        type="button"
        className="btn btn-icon mono"
        aria-pressed={caseSensitive}
        aria-label="Match case"
        title="Match case"
        onClick={() => {
          setCaseSensitive(!caseSensitive)
          find(true, true, text, !caseSensitive)
        }}
      >
        Aa
      </button>
      <IconButton icon="up" label="Older hit (Enter)" onClick={() => find(true)} />
      <IconButton icon="down" label="Newer hit (Shift Enter)" onClick={() => find(false)} />
      <IconButton icon="close" label="End the search (Esc)" onClick={close} />
    </div>
  )
}
