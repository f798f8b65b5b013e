import { useMemo, useState } from 'react'
import type { LabEvent, LabRecord } from '../../src-main/contract/record.js'
import { useRecords } from '../app/use-stream.js'
import { useMoment } from '../timeline/moment.js'
import { useZero } from '../timeline/use-zero.js'
import { isAboutRules, violationsIn, type Violation } from '../timeline/violations.js'
import { momentText, secondsText, withinText } from '../timeline/words.js'
import { Button } from '../ui/button.js'
import { Icon } from '../ui/icons.js'
import { sentence } from '../ui/said.js'
import { useLabInfo } from '../app/lab-data.js'
import { useCommands } from '../app/commands.js'

/** Broken safety rules, until somebody says that they have seen them. Nobody can miss it, and a reload does not hide it. */
export function ViolationsBar({ lab }: { lab: string }) {
  const { records, version } = useRecords(lab)
  const info = useLabInfo(lab)
  const zero = useZero(lab) ?? info?.createdAt ?? 0
  const [collect] = useState(createCollector)
  const all = useMemo(() => collect(records, version), [collect, records, version])
  const [seen, setSeen] = useState(() => seenIn(lab))
  const open = all.filter(({ id }) => !seen.includes(id))
  const look = ({ t }: Violation) => useMoment.getState().look(lab, t)
  const acknowledge = (ids: string[]) => {
    const next = [...seen, ...ids].slice(-mostSeen)
    localStorage.setItem(keyOf(lab), JSON.stringify(next))
    setSeen(next)
  }
  const [first] = open
  useCommands(
    'violations',
    first
      ? [
          { id: 'violation-look', title: 'Look at the broken safety rule', group: 'View', run: () => look(first) },
          {
            id: 'violation-seen',
            title: 'Acknowledge the broken safety rule',
            group: 'View',
            run: () => acknowledge([first.id]),
          },
        ]
      : [],
  )
  if (!first) return null
  const when = momentText(first.t - zero)
  return (
    <section className="violations hatch" role="alert" aria-label="A safety rule was broken">
      <Icon name="fail" />
      <p>
        <b>Safety rule broken</b>
        <span>{sentence(first.words)}</span>
        <span className="mono t1 tn">
          {when}
          {first.withinMs !== null && `, within ${withinText(first.withinMs)}`}
          {first.until !== null && `, for ${secondsText((first.until - first.from) / 1000)}`}
        </span>
      </p>
      <Button size="small" onClick={() => look(first)}>
        Look at {when}
      </Button>
      <Button size="small" onClick={() => acknowledge([first.id])}>
        Acknowledge
      </Button>
      {open.length > 1 && (
        <Button size="small" onClick={() => acknowledge(open.map(({ id }) => id))}>
          Acknowledge all {open.length}
        </Button>
      )}
    </section>
  )
}

const mostSeen = 200
const keyOf = (lab: string): string => `dojo.seen.${lab}`

function seenIn(lab: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(lab)) ?? '[]')
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : []
  } catch {
    return [] // written by something else: everything is shown again
  }
}

/** Follows an array that grows, and looks at each record once. */
function createCollector() {
  let source: readonly LabRecord[] | null = null
  let taken = 0
  let events: LabEvent[] = []
  let found: readonly Violation[] = []
  return (records: readonly LabRecord[], _version: number): readonly Violation[] => {
    if (records !== source) {
      source = records
      taken = 0
      events = []
      found = []
    }
    const fresh = records.slice(taken).filter(isAboutRules)
    taken = records.length
    if (fresh.length > 0) {
      events = [...events, ...fresh]
      found = violationsIn(events)
    }
    return found
  }
}
