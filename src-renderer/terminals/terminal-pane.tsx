import { useEffect, useRef } from 'react'
import { Button } from '../ui/button.js'
import { Icon } from '../ui/icons.js'
import { SaidBox } from '../ui/said.js'
import { liveTerminal } from './live-terminal.js'
import { SearchBar } from './search-bar.js'
import { useTabState, useTerminals } from './store.js'
import type { Tab } from './tabs.js'

/** One terminal in view. The xterm lives outside: this is the frame that it is put into. */
export function TerminalPane(props: { lab: string; tab: Tab; focused: boolean; alone: boolean; onFocus: () => void }) {
  const { lab, tab, focused, alone, onFocus } = props
  const { key } = tab
  const frame = useRef<HTMLDivElement>(null)
  const { state, why, failure } = useTabState(key)
  const searching = useTerminals((each) => each.searching)
  useEffect(() => {
    const terminal = liveTerminal(lab, key)
    let gone = false
    void terminal.screen
      .attach(frame.current!, () => gone)
      .then(() => {
        if (!gone) void terminal.begin()
      })
    return () => {
      gone = true
      terminal.screen.detach()
    }
  }, [lab, key])
  // where F6 and Alt 3 put the keyboard; see ui/panel-focus
  useEffect(() => {
    const { screen } = liveTerminal(lab, key)
    screen.markFocus(focused, `Terminal ${tab.title}`)
  })
  return (
    <div
      className="term-pane"
      role="tabpanel"
      id={`term-pane-${key}`}
      aria-label={`Terminal ${tab.title}`}
      data-focused={focused && !alone}
      data-terminal={tab.title}
      data-state={state}
      onFocusCapture={onFocus}
    >
      <div className="term-frame" ref={frame} />
      {searching && focused && <SearchBar lab={lab} tabKey={key} />}
      {state === 'host-frozen' && (
        <p className="term-strip" role="status">
          <Icon name="frozen" />
          {why}
        </p>
      )}
      {failure && (
        <div className="term-failure">
          <SaidBox said={failure} />
          <Button size="small" onClick={() => void liveTerminal(lab, key).begin()}>
            Try again
          </Button>
        </div>
      )}
    </div>
  )
}
