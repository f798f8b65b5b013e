interface Props {
  name: string
  value: string
  checked: boolean
  onChoose: () => void
  title: string
  about: string
}

/** One of several kinds of something, with a sentence about it. */
export function RadioOption({ name, value, checked, onChoose, title, about }: Props) {
  return (
    <label className="option">
      <input type="radio" name={name} value={value} checked={checked} onChange={onChoose} />
      <span>{title}</span>
      <small>{about}</small>
    </label>
  )
}
