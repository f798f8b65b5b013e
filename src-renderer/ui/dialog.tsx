import { useId, useLayoutEffect, useRef, type ReactNode } from 'react'
import { IconButton } from './button.js'

/**
 * A modal over the platform's own <dialog>: it traps focus, closes on Esc, gives focus back, and makes the rest inert,
 * without a library.
 */
export function Dialog(props: {
  title: string
  onClose: () => void
  children: ReactNode
  width?: number
  /** Without a head the first child must show a heading of its own. */
  bare?: boolean
}) {
  const { title, onClose, children, width = 560, bare } = props
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  // before the paint, and on the way out while it is still in the page: only then does it give the focus back
  useLayoutEffect(() => {
    const dialog = ref.current
    if (dialog && !dialog.open) dialog.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      className="dialog"
      style={{ width }}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose() // the backdrop
      }}
    >
      {bare ? (
        <h2 className="sr-only" id={id}>
          {title}
        </h2>
      ) : (
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label="Close" onClick={onClose} />
        </header>
      )}
      <div className="dialog-body">{children}</div>
    </dialog>
  )
}
