import { useState } from 'react'
import { IconButton } from './button.js'

/** Copies a text, and shows that it did. `what`: what is copied, for who can't see beside what it stands. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState<string | null>(null)
  const isCopied = copied === text
  return (
    <IconButton
      icon={isCopied ? 'pass' : 'copy'}
      label={isCopied ? `Copied ${what}` : `Copy ${what}`}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(text))}
    />
  )
}
