import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { Icon, type IconName } from './icons.js'

type Native = ButtonHTMLAttributes<HTMLButtonElement>

export interface ButtonProps extends Native {
  /** `go` is the one primary of a screen; `quiet` has no border; `fault` breaks something. */
  look?: 'plain' | 'go' | 'quiet' | 'fault'
  size?: 'small' | 'normal' | 'large'
  icon?: IconName
  keys?: string
  /** While its call runs: keeps focus, takes no second press, is announced as busy. */
  busy?: boolean
  children?: ReactNode
}

export function Button({
  look = 'plain',
  size = 'normal',
  icon,
  keys,
  busy,
  children,
  className,
  ...rest
}: ButtonProps) {
  const classes = ['btn', look !== 'plain' && `btn-${look}`, size !== 'normal' && `btn-${size}`, className]
  return (
    <button
      type="button"
      {...rest}
      className={classes.filter(Boolean).join(' ')}
      aria-busy={busy || undefined}
      aria-disabled={busy || rest['aria-disabled'] || undefined}
      onClick={busy ? undefined : rest.onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
      {keys && <Kbd>{keys}</Kbd>}
    </button>
  )
}

/** A button that is only an icon: its label is its accessible name and its tooltip. */
export function IconButton({ icon, label, className, ...rest }: Native & { icon: IconName; label: string }) {
  return (
    <button type="button" {...rest} className={`btn btn-icon ${className ?? ''}`} aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  )
}

/** A small tool in a panel's header; with `aria-pressed` it stays down. */
export const ToolButton = ({ className, ...rest }: Native) => (
  <button type="button" {...rest} className={`tool ${className ?? ''}`} />
)

const keyNames: Record<string, string> = {
  Escape: 'Esc',
  ArrowLeft: '\u2190',
  ArrowRight: '\u2192',
  ArrowUp: '\u2191',
  ArrowDown: '\u2193',
}

/** Keys as they are written on them: "Ctrl Shift \u2192". */
export function Kbd({ children }: { children: string }) {
  const names = children.split(' ').map((key) => keyNames[key] ?? key)
  return <kbd className="kbd">{names.join(' ')}</kbd>
}
