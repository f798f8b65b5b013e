import { useEffect, useRef, useState } from 'react'
import { createClient, failureOf, type Failure } from '../app/connection.js'
import { goToLab } from '../app/route.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { count } from '../ui/format.js'
import { SaidBox } from '../ui/said.js'
import { useCommands } from '../app/commands.js'

interface TopologyRow {
  topology: string
  summary: string
  hosts: string[]
}

/** Those that exercises fly on first, in their order; then the others by name. */
const ordered = (list: readonly TopologyRow[], flown: readonly string[]): TopologyRow[] => {
  const place = ({ topology }: TopologyRow): number =>
    flown.includes(topology) ? flown.indexOf(topology) : flown.length
  return list.toSorted((a, b) => place(a) - place(b))
}

/** A lab without an exercise: to try things, or to reproduce an incident. `flown`: topologies of the exercises. */
export function StartLab({ disabled, flown }: { disabled: boolean; flown: readonly string[] }) {
  const [topologies, setTopologies] = useState<TopologyRow[]>([])
  const [failure, setFailure] = useState<Failure | null>(null)
  useEffect(() => {
    let gone = false
    createClient()
      .topologies.list()
      .then((list) => !gone && setTopologies(list))
      .catch((error: unknown) => !gone && setFailure(failureOf(error)))
    return () => {
      gone = true
    }
  }, [])
  const [choice, setChoice] = useState<string | null>(null)
  const offered = ordered(topologies, flown)
  const chosen = offered.find(({ topology }) => topology === choice) ?? offered[0]
  const [own, setOwn] = useState<File | null>(null)
  const start = useCall(async (topology: string) => {
    const patroni = own ? { patroni: { file: own.name, text: await own.text() } } : {}
    const { lab } = await createClient().labs.up({ topology, ...patroni })
    goToLab(lab)
  })
  useCommands(
    'start-lab',
    disabled
      ? []
      : topologies.map(({ topology }) => ({
          id: `up-${topology}`,
          title: `Start a lab of ${topology} without an exercise`,
          group: 'Labs' as const,
          run: () => void start.run(topology),
        })),
  )
  return (
    <>
      <h3>A lab without an exercise</h3>
      <p className="t1 ink3">To try things, or to see an incident happen again</p>
      {failure && <SaidBox said={failure} />}
      {chosen && (
        <div className="topology-choice">
          <select
            className="field mono"
            aria-label="Topology"
            value={chosen.topology}
            onChange={(event) => setChoice(event.target.value)}
          >
            {offered.map(({ topology, hosts }) => (
              <option key={topology} value={topology}>
                {topology}, {count(hosts.length, 'host')}
              </option>
            ))}
          </select>
          <Button
            size="small"
            busy={start.busy}
            disabled={disabled}
            aria-label={`Start ${chosen.topology}`}
            onClick={() => void start.run(chosen.topology)}
          >
            Start
          </Button>
          <p className="ink2 t1" title={chosen.hosts.join(', ')}>
            {chosen.summary}
          </p>
        </div>
      )}
      <OwnPatroni file={own} disabled={disabled} onChoose={setOwn} />
      {start.failure && <SaidBox said={start.failure} />}
    </>
  )
}

/** A dynamic configuration of one's own, on top of the topology's. */
function OwnPatroni(props: { file: File | null; disabled: boolean; onChoose: (file: File | null) => void }) {
  const { file, disabled, onChoose } = props
  const input = useRef<HTMLInputElement>(null)
  const choose = (chosen: File | null): void => {
    onChoose(chosen)
    if (input.current) input.current.value = '' // the same file can be chosen again, after it was edited
  }
  return (
    <div className="own-patroni t1">
      <span className="ink3">With your own Patroni configuration</span>
      <div className="row">
        <input
          ref={input}
          type="file"
          accept=".yml,.yaml"
          aria-label="Patroni configuration file"
          disabled={disabled}
          onChange={(event) => choose(event.target.files?.[0] ?? null)}
        />
        <Button size="small" disabled={disabled} onClick={() => input.current?.click()}>
          Choose a file
        </Button>
        <span className="mono ink2 cut">{file?.name ?? 'none: the topology’s own settings'}</span>
        {file && (
          <Button size="small" aria-label={`Without ${file.name}`} onClick={() => choose(null)}>
            Clear
          </Button>
        )}
      </div>
    </div>
  )
}
