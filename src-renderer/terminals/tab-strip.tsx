import { useRef, type KeyboardEvent } from 'react'
import type { LabInfo } from '../../src-main/contract/lab.js'
import { Icon } from '../ui/icons.js'
import { useTabState } from './store.js'
import { step, type Layout, type Tab } from './tabs.js'

interface StripProps {
  info: LabInfo
  layout: Layout
  onShow: (key: string) => void
  onClose: (key: string) => void
}

/** One row of tabs over one or two panes. Arrow keys move, Delete closes, as in every tab list. */
export function TabStrip({ info, layout, onShow, onClose }: StripProps) {
  const row = useRef<HTMLDivElement>(null)
  const present = layout.shown[layout.focused]
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (by !== undefined) {
      const next = step(layout, by)
      const key = next.shown[next.focused]
      if (key) onShow(key)
      row.current?.querySelector<HTMLElement>(`#term-tab-${key}`)?.focus()
    } else if (event.key === 'Delete' && present) onClose(present)
    else return
    event.preventDefault()
  }
  return (
    <div
      className="term-tabs"
      role="tablist"
      aria-label="Terminals"
      aria-multiselectable={layout.shown.length > 1 || undefined}
      ref={row}
      onKeyDown={onKeyDown}
    >
      {layout.tabs.map((tab) => (
        <TabButton
          key={tab.key}
          tab={tab}
          route={tab.kind === 'psql' && tab.host === null ? routeOf(info) : null}
          isShown={layout.shown.includes(tab.key)}
          isPresent={tab.key === present}
          onShow={() => onShow(tab.key)}
          onClose={() => onClose(tab.key)}
        />
      ))}
    </div>
  )
}

const routeOf = ({ spec }: LabInfo): string => `${spec.client.readWrite.host}:${spec.client.readWrite.port}`

function TabButton(props: {
  tab: Tab
  route: string | null
  isShown: boolean
  isPresent: boolean
  onShow: () => void
  onClose: () => void
}) {
  const { tab, route, isShown, isPresent, onShow, onClose } = props
  const { state, failure } = useTabState(tab.key)
  return (
    <button
      type="button"
      className="term-tab"
      role="tab"
      id={`term-tab-${tab.key}`}
      aria-selected={isShown}
      aria-controls={isShown ? `term-pane-${tab.key}` : undefined}
      tabIndex={isPresent ? 0 : -1}
      data-present={isPresent}
      data-state={state}
      onClick={onShow}
      onAuxClick={(event) => event.button === 1 && onClose()}
    >
      {tab.title}
      {route && state !== 'host-down' && <span className="term-tab-note">{route}</span>}
      {state === 'host-down' && (
        <span className="term-tab-note term-tab-down">
          <Icon name="fail" size={12} />
          down
        </span>
      )}
      {state === 'host-frozen' && (
        <span className="term-tab-note term-tab-down">
          <Icon name="frozen" size={12} />
          frozen
        </span>
      )}
      {state === 'closed' && <span className="term-tab-note">{failure ? 'failed' : 'ended'}</span>}
      {/* a pointer's way only: the keyboard has Delete and the command, and a tab may hold no button */}
      <span
        className="term-tab-close"
        aria-hidden="true"
        title={`Close ${tab.title}`}
        onClick={(event) => {
          event.stopPropagation()
          onClose()
        }}
      >
        <Icon name="close" size={12} />
      </span>
    </button>
  )
}
