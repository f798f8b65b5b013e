import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import type { LabInfo } from '../../src-main/contract/lab.js'
import { useCommands } from '../app/commands.js'
import { useSize } from '../timeline/use-size.js'
import { useTicking } from '../timeline/use-ticking.js'
import { momentText } from '../timeline/words.js'
import { ToolButton } from '../ui/button.js'
import type { Violation } from '../timeline/violations.js'
import { HostMenu, type HostAction } from './host-menu.js'
import { layoutTopology } from './layout.js'
import { fresh } from './scene-base.js'
import { sceneOf, type Scene } from './scene.js'
import { TopologyTable } from './topology-table.js'
import { TopologyView } from './topology-view.js'
import { reporters } from './reporters.js'

export interface TopologyProps {
  info: LabInfo
  /** What the cluster is like now; null before the first answer. */
  state: ClusterState | null
  /** A moment that was, put together from records; null: now. */
  then: { state: ClusterState; t: number; words: string; violations: readonly Violation[] } | null
  /** Times are counted from here, in epoch ms. */
  zero: number
  /** Now on the app's clock. */
  clock: () => number
  /** The connection is gone: the picture is the last one that came. */
  old: boolean
  actionsFor: (host: string) => HostAction[]
  onNow: () => void
  frame: (parts: { note: ReactNode; tools: ReactNode; body: ReactNode }) => ReactNode
}

/** Between two looks at the lease, which runs down all the time. */
const everyMs = 250

/** The cluster as a picture, as a table, now or at a moment that was. */
export function Topology(props: TopologyProps) {
  const { info, state, then, zero, clock, old, actionsFor, onNow } = props
  const body = useRef<HTMLDivElement>(null)
  const size = useSize(body)
  const ticking = useTicking(clock, then || old ? null : everyMs, body)
  const [asTable, setAsTable] = useState(false)
  const [menu, setMenu] = useState<{ host: string; at: { x: number; y: number } } | null>(null)
  useCommands('topology', [
    {
      id: 'topology-table',
      title: asTable ? 'Topology as a picture' : 'Topology as a table',
      group: 'View',
      run: () => setAsTable(!asTable),
    },
  ])
  const closeMenu = useCallback(() => setMenu(null), [])
  const shown = then?.state ?? state
  // what is old is shown as of its own moment: a lease would run out on screen that was renewed
  const now = then?.t ?? (old && state ? state.at : Math.max(ticking, state?.at ?? 0))
  const layout = useMemo(() => (size ? layoutTopology(info.spec, size) : null), [info, size])
  const scene = useMemo<Scene | null>(
    () =>
      shown
        ? sceneOf({ info, state: shown, now, zero, recorded: then !== null, violations: then?.violations ?? [] })
        : null,
    [info, shown, now, zero, then],
  )
  const words = then
    ? `as it was at ${momentText(then.t - zero)}${then.words}`
    : state
      ? `now, as ${reporters(info, state)} report it`
      : 'waits for the first answers'
  const caption = old
    ? `Last seen at ${momentText((state?.at ?? now) - zero)}; not connected.`
    : `The cluster, ${words}.`
  const note = old ? (
    `last seen at ${momentText((state?.at ?? now) - zero)}: not connected`
  ) : then ? (
    <span className="topo-then">{words}</span>
  ) : (
    words
  )
  const tools = (
    <>
      {then && <ToolButton onClick={onNow}>Back to now</ToolButton>}
      {!then && shown && <Versions state={shown} />}
      <ToolButton aria-pressed={asTable} title="The same facts as a table" onClick={() => setAsTable(!asTable)}>
        Table
      </ToolButton>
    </>
  )
  const picture = scene && layout && size && (
    <TopologyView
      scene={scene}
      layout={layout}
      width={size.width}
      height={size.height}
      label={`Topology. ${caption}`}
      old={old && !then}
      onMenu={(host, at) => setMenu({ host, at })}
    />
  )
  return props.frame({
    note,
    tools,
    body: (
      <div ref={body} className="topo-body">
        {asTable && scene ? (
          <div className="pic-scroll" tabIndex={0} role="region" aria-label="The cluster as a table">
            <TopologyTable scene={scene} caption={caption} />
          </div>
        ) : (
          <>
            {picture}
            {scene && (
              <div className="sr-only">
                <TopologyTable scene={scene} caption={caption} />
              </div>
            )}
          </>
        )}
        {menu && <HostMenu {...menu} actions={actionsFor(menu.host)} onClose={closeMenu} />}
      </div>
    ),
  })
}

/** What runs, as the hosts themselves say it. */
function Versions({ state }: { state: ClusterState }) {
  const patroni = state.hosts.map((host) => fresh(host.patroni)?.patroniVersion).find(Boolean)
  const postgres = state.hosts.map((host) => fresh(host.postgres)?.version).find(Boolean)
  return (
    <>
      {patroni && <span>Patroni {patroni}</span>}
      {postgres && <span>PostgreSQL {postgres}</span>}
    </>
  )
}
