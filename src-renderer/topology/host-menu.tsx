import { useEffect, useRef, type KeyboardEvent } from 'react'

export interface HostAction {
  label: string
  run: () => void
  /** Begins a new group. */
  apart?: boolean
}

/** What can be done with a host, where it was asked for. Arrow keys, Enter, Esc; a press elsewhere closes it. */
export function HostMenu(props: {
  host: string
  at: { x: number; y: number }
  actions: HostAction[]
  onClose: () => void
}) {
  const { host, at, actions, onClose } = props
  const menu = useRef<HTMLDivElement>(null)
  const opener = useRef<Element | null>(null)
  useEffect(() => {
    opener.current = document.activeElement
    const element = menu.current
    element?.querySelector<HTMLElement>('button')?.focus()
    const away = (event: Event): void => {
      if (!element?.contains(event.target as Node)) onClose()
    }
    document.addEventListener('pointerdown', away, { capture: true })
    window.addEventListener('blur', onClose)
    return () => {
      document.removeEventListener('pointerdown', away, { capture: true })
      window.removeEventListener('blur', onClose)
    }
  }, [onClose])
  const close = () => {
    onClose()
    if (opener.current instanceof HTMLElement || opener.current instanceof SVGElement) opener.current.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])]
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const targets: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: buttons.length - 1,
    }
    const target = targets[event.key]
    event.stopPropagation()
    if (target !== undefined) {
      event.preventDefault()
      buttons[(target + buttons.length) % buttons.length]?.focus()
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      close()
    }
  }
  const height = actions.length * 28 + 48
  return (
    <div
      ref={menu}
      className="popover menu topo-menu"
      role="menu"
      aria-label={host}
      style={{
        left: Math.max(8, Math.min(at.x, window.innerWidth - 248)),
        top: Math.max(8, Math.min(at.y, window.innerHeight - height)),
      }}
      onKeyDown={onKeyDown}
    >
      <h3 role="presentation">{host}</h3>
      {actions.map((action) => (
        <div key={action.label} role="none">
          {action.apart && <hr role="separator" />}
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              close()
              action.run()
            }}
          >
            {action.label}
          </button>
        </div>
      ))}
    </div>
  )
}
