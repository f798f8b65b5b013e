import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { Button, type ButtonProps } from './button.js'

/**
 * A button that opens a sheet under it, over the platform's popover: it closes on Esc and on a press elsewhere, and
 * gives focus back. `children` is called only while it is open.
 */
export function PopoverButton(props: {
  label: ReactNode
  accessibleName?: string
  button?: Omit<ButtonProps, 'children' | 'onClick'>
  align?: 'start' | 'end'
  width?: number
  children: (close: () => void) => ReactNode
}) {
  const { label, accessibleName, button, align = 'end', width = 320, children } = props
  const id = useId()
  const opener = useRef<HTMLSpanElement>(null)
  const sheet = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const place = () => {
    const box = opener.current?.getBoundingClientRect()
    if (!box || !sheet.current) return
    const left = align === 'end' ? box.right - width : box.left
    sheet.current.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`
    sheet.current.style.top = `${box.bottom + 4}px`
  }
  useEffect(() => {
    if (!open) return
    window.addEventListener('resize', place) // it hangs from its button, wherever that goes
    return () => window.removeEventListener('resize', place)
  })
  // by id and not by ref: it is handed to children while they render
  const close = () => document.getElementById(id)?.hidePopover()
  return (
    <span ref={opener} style={{ display: 'inline-flex' }}>
      <Button {...button} aria-label={accessibleName} aria-haspopup="dialog" aria-expanded={open} popoverTarget={id}>
        {label}
      </Button>
      <div
        ref={sheet}
        id={id}
        popover="auto"
        className="popover"
        style={{ width }}
        role="dialog"
        aria-label={accessibleName ?? (typeof label === 'string' ? label : undefined)}
        onBeforeToggle={(event) => {
          if (event.newState === 'open') place()
        }}
        onToggle={(event) => {
          const opened = event.newState === 'open'
          setOpen(opened)
          if (opened) sheet.current?.querySelector<HTMLElement>('button, input, select, [tabindex="0"]')?.focus()
        }}
      >
        {open && children(close)}
      </div>
    </span>
  )
}
