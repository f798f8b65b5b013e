import { useState, type ReactNode } from 'react'
import { Group, Panel as Pane, Separator, useDefaultLayout } from 'react-resizable-panels'
import { ErrorBoundary } from '../app/error-boundary.js'
import { focusedPanel, focusPanel, panelIds, presentPanels, usePanels } from '../ui/panel-focus.js'
import { hasMetrics, MetricsPanel } from '../metrics/metrics-panel.js'
import { TerminalPanel } from '../terminals/index.js'
import { TimelinePanel } from '../timeline/timeline-panel.js'
import { TopologyPanel } from '../topology/topology-panel.js'
import { useCommands } from '../app/commands.js'
import { useLabInfo } from '../app/lab-data.js'
import './workspace.css'

const names = {
  guide: 'guide',
  topology: 'topology',
  terminals: 'terminals',
  timeline: 'timeline',
  metrics: 'metrics',
} as const

/** First sizes, in pixels: the drawn bar at 1440 x 900, and what still reads well at 1100 x 700. */
function firstSizes(width: number, height: number) {
  const timeline = height >= 820 ? 255 : 215
  const upper = height - 45 - timeline
  return { guide: width >= 1300 ? 384 : 352, timeline, topology: Math.round(upper / 2) }
}

/**
 * Guide, topology over terminals, and the timeline across; under the guide the metrics, where a lab has them. Sizes are
 * remembered.
 */
export function WorkspacePanels({ lab, guide }: { lab: string; guide: ReactNode }) {
  const [sizes] = useState(() => firstSizes(window.innerWidth, window.innerHeight))
  const whole = useDefaultLayout({ id: 'dojo.layout.whole', storage: localStorage })
  const upper = useDefaultLayout({ id: 'dojo.layout.upper', storage: localStorage })
  const right = useDefaultLayout({ id: 'dojo.layout.right', storage: localStorage })
  const info = useLabInfo(lab)
  const measured = hasMetrics(info)
  usePanelCommands(measured)
  const part = (what: string, panel: ReactNode) => <ErrorBoundary what={what}>{panel}</ErrorBoundary>
  return (
    <Group
      className="workspace"
      orientation="vertical"
      id="workspace-whole"
      defaultLayout={whole.defaultLayout}
      onLayoutChanged={whole.onLayoutChanged}
    >
      <Pane id="upper" minSize={240}>
        <Group
          orientation="horizontal"
          id="workspace-upper"
          defaultLayout={upper.defaultLayout}
          onLayoutChanged={upper.onLayoutChanged}
        >
          <Pane
            id="guide"
            defaultSize={sizes.guide}
            minSize={280}
            maxSize="60%"
            groupResizeBehavior="preserve-pixel-size"
          >
            {measured && info ? (
              <GuideAndMetrics
                guide={part('The guide', guide)}
                metrics={part('The metrics', <MetricsPanel info={info} />)}
              />
            ) : (
              part('The guide', guide)
            )}
          </Pane>
          <Separator className="gutter" aria-label="Width of the guide" />
          <Pane id="right" minSize={360}>
            <Group
              orientation="vertical"
              id="workspace-right"
              defaultLayout={right.defaultLayout}
              onLayoutChanged={right.onLayoutChanged}
            >
              <Pane id="topology" defaultSize={sizes.topology} minSize={96}>
                {part('The topology', <TopologyPanel lab={lab} />)}
              </Pane>
              <Separator className="gutter" aria-label="Height of the topology" />
              <Pane id="terminals" minSize={96}>
                {part('The terminals', <TerminalPanel lab={lab} />)}
              </Pane>
            </Group>
          </Pane>
        </Group>
      </Pane>
      <Separator className="gutter" aria-label="Height of the timeline" />
      <Pane id="timeline" defaultSize={sizes.timeline} minSize={64} groupResizeBehavior="preserve-pixel-size">
        {part('The timeline', <TimelinePanel lab={lab} />)}
      </Pane>
    </Group>
  )
}

function GuideAndMetrics({ guide, metrics }: { guide: ReactNode; metrics: ReactNode }) {
  const left = useDefaultLayout({ id: 'dojo.layout.left', storage: localStorage })
  return (
    <Group
      orientation="vertical"
      id="workspace-left"
      defaultLayout={left.defaultLayout}
      onLayoutChanged={left.onLayoutChanged}
    >
      <Pane id="guide-part" minSize={96}>
        {guide}
      </Pane>
      <Separator className="gutter" aria-label="Height of the metrics" />
      <Pane id="metrics" defaultSize="62%" minSize={96}>
        {metrics}
      </Pane>
    </Group>
  )
}

function usePanelCommands(measured: boolean) {
  const { maximised, toggle, restore } = usePanels()
  const step = (by: number) => {
    const now = focusedPanel()
    const present = presentPanels()
    const at = now ? present.indexOf(now) : by > 0 ? -1 : 0
    focusPanel(present[(at + by + present.length) % present.length]!)
  }
  useCommands('panels', [
    ...panelIds
      .filter((panel) => panel !== 'metrics' || measured)
      .map((panel, index) => ({
        id: `panel-${panel}`,
        title: `Go to the ${names[panel]}`,
        group: 'Go to' as const,
        keys: `Alt ${index + 1}`,
        run: () => {
          if (maximised && maximised !== panel) restore()
          focusPanel(panel)
        },
      })),
    { id: 'panel-next', title: 'Next panel', group: 'Go to', keys: 'F6', run: () => step(1) },
    { id: 'panel-back', title: 'Panel before', group: 'Go to', keys: 'Shift F6', run: () => step(-1) },
    {
      id: 'panel-fill',
      title: maximised ? 'Put the panel back' : 'Fill the window with this panel',
      group: 'View',
      keys: 'Alt Enter',
      run: () => {
        const panel = maximised ?? focusedPanel()
        if (panel) toggle(panel)
      },
    },
  ])
}
