import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import type { FaultKindInfo } from '../../src-main/contract/fault.js'
import { RadioOption } from '../ui/radio-option.js'
import { groupedKinds } from './fault-kinds.js'

/** The kinds of faults by what they are about; typing narrows them, the arrow keys go on from there. */
export function KindList(props: { kinds: readonly FaultKindInfo[]; chosen: string; onChoose: (kind: string) => void }) {
  const { kinds, chosen, onChoose } = props
  const [typed, setTyped] = useState('')
  const search = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const status = useId()
  useEffect(() => search.current?.focus(), [])
  useEffect(() => {
    list.current?.querySelector('input:checked')?.scrollIntoView({ block: 'nearest' })
  }, [])
  const groups = groupedKinds(kinds, typed)
  const found = groups.reduce((sum, group) => sum + group.kinds.length, 0)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'ArrowDown') return
    // Enter in the search must not break anything yet: it chooses the first that was found
    event.preventDefault()
    const first = groups[0]?.kinds[0]
    if (!first) return
    const stays = event.key === 'ArrowDown' && groups.some((group) => group.kinds.some(({ kind }) => kind === chosen))
    if (!stays) onChoose(first.kind)
    const name = stays ? chosen : first.kind
    list.current?.querySelector<HTMLInputElement>(`input[value="${name}"]`)?.focus()
  }
  return (
    <div className="kind-list">
      <input
        ref={search}
        className="field"
        type="search"
        placeholder="Search faults"
        aria-label="Search faults"
        aria-describedby={status}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span id={status} className="sr-only" role="status">
        {typed ? `${found} of ${kinds.length} faults` : ''}
      </span>
      <div ref={list} className="kind-groups">
        {groups.map((group) => (
          <fieldset key={group.group}>
            <legend>{group.title}</legend>
            {group.kinds.map((each) => (
              <RadioOption
                key={each.kind}
                name="kind"
                value={each.kind}
                checked={each.kind === chosen}
                onChoose={() => onChoose(each.kind)}
                title={each.action.replace('{host}', 'a host')}
                about={each.summary}
              />
            ))}
          </fieldset>
        ))}
        {found === 0 && <p className="ink2">No fault is called so.</p>}
      </div>
    </div>
  )
}
