import { useRef, type KeyboardEvent } from 'react'

export interface Choice<T extends string> {
  value: T
  label: string
}

/** One of few, side by side: a radio group with the arrow keys of one. */
export function Segments<T extends string>(props: {
  label: string
  choices: readonly Choice<T>[]
  /** Null: none of them holds now. */
  value: T | null
  onChange: (value: T) => void
}) {
  const { label, choices, value, onChange } = props
  const group = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const at = choices.findIndex((choice) => choice.value === value)
    const next = (at + by + choices.length) % choices.length
    onChange(choices[next]!.value)
    group.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div className="segments" role="radiogroup" aria-label={label} ref={group} onKeyDown={move}>
      {choices.map((choice, index) => (
        <button
          key={choice.value}
          type="button"
          role="radio"
          aria-checked={choice.value === value}
          tabIndex={choice.value === value || (value === null && index === 0) ? 0 : -1}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  )
}
