import type { MouseEvent, ReactNode } from 'react'
import { IconButton } from './button.js'
import { usePanels, type PanelId } from './panel-focus.js'

/**
 * A panel of the workspace: title, what it shows and from where, tools. A double click on the title fills the window
 * with it, and so does its button. `head` replaces title and note where a panel has tabs there.
 */
export function Panel(props: {
  id: PanelId
  title: string
  note?: ReactNode
  tools?: ReactNode
  head?: ReactNode
  children: ReactNode
  className?: string
}) {
  const { id, title, note, tools, head, children, className } = props
  const maximised = usePanels((state) => state.maximised === id)
  const toggle = usePanels((state) => state.toggle)
  const onDoubleClick = (event: MouseEvent) => {
    if (!(event.target as HTMLElement).closest('button, input, [role="tab"]')) toggle(id)
  }
  return (
    <section
      className={`panel ${className ?? ''}`}
      data-panel={id}
      data-maximised={maximised}
      aria-label={title}
      tabIndex={-1}
    >
      <header className="panel-head" onDoubleClick={onDoubleClick}>
        {head ?? (
          <>
            <h2>{title}</h2>
            {note !== undefined && <span className="panel-note">{note}</span>}
          </>
        )}
        <div className="panel-tools">
          {tools}
          <IconButton
            icon={maximised ? 'restore' : 'maximise'}
            label={maximised ? `Put ${title.toLowerCase()} back` : `Fill the window with the ${title.toLowerCase()}`}
            onClick={() => toggle(id)}
          />
        </div>
      </header>
      <div className="panel-body">{children}</div>
    </section>
  )
}
