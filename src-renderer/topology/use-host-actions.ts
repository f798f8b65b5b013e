import type { ClusterState } from '../../src-main/contract/cluster.js'
import type { FaultKindInfo, FaultRecord } from '../../src-main/contract/fault.js'
import type { LabInfo } from '../../src-main/contract/lab.js'
import { allCommands, useCommandSets } from '../app/commands.js'
import { createClient, type Failure } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { layoutOf, openTab, useTerminals } from '../terminals/store.js'
import { samePlace, show } from '../terminals/tabs.js'
import { focusPanel } from '../ui/panel-focus.js'
import { useFaultKinds } from '../workspace/fault-kinds.js'
import type { HostAction } from './host-menu.js'

export interface HostActions {
  actionsFor: (host: string) => HostAction[]
  failure: Failure | null
  clear: () => void
}

/** What can be done with a host now: a terminal, faults that need no further choice, repairs. */
export function useHostActions(lab: string, info: LabInfo | null, state: ClusterState | null): HostActions {
  const { kinds } = useFaultKinds()
  const inject = useCall((kind: string, target: string) =>
    createClient().faults.inject({ lab, kind, target, options: {} }),
  )
  const heal = useCall((id: string) => createClient().faults.heal({ lab, id }))
  const actionsFor = (host: string): HostAction[] => {
    const services = info?.hosts.find(({ name }) => name === host)?.services ?? []
    const container = state?.hosts.find(({ name }) => name === host)?.engine.value?.container ?? 'running'
    const isOpen = (fault: FaultRecord): boolean => fault.target === host && fault.state === 'active'
    const open = state?.faults.filter(isOpen) ?? []
    const fits = (kind: FaultKindInfo): boolean => {
      if (kind.targets === 'data-host' && !services.includes('patroni')) return false
      return kind.ends ? container === 'exited' : container === 'running'
    }
    // the menu has what belongs to the host as a whole; the dialog has every kind
    const inOrder = kinds.filter((kind) => kind.group === 'host' && fits(kind))
    return [
      { label: `Open a terminal on ${host}`, run: () => showTerminal(lab, host) },
      ...open.map((fault, index) => ({
        label: `Heal the ${fault.kind} of ${host}`,
        run: () => void heal.run(fault.id),
        apart: index === 0,
      })),
      ...inOrder.map((kind, index) => ({
        label: `${kind.action.replace('{host}', host)}${needsChoice(kind) ? ' …' : ''}`,
        run: () => (needsChoice(kind) ? runCommand(`fault-${kind.kind}-${host}`) : void inject.run(kind.kind, host)),
        apart: index === 0,
      })),
      { label: `Another fault on ${host} …`, run: () => runCommand(`fault-on-${host}`) },
    ]
  }
  const clear = () => {
    inject.clear()
    heal.clear()
  }
  return { actionsFor, failure: inject.failure ?? heal.failure, clear }
}

/** Options without a default have to be chosen first. */
const needsChoice = ({ options }: FaultKindInfo): boolean => {
  const { required = [], properties = {} } = options as {
    required?: string[]
    properties?: Record<string, { default?: unknown }>
  }
  return required.some((name) => properties[name]?.default === undefined)
}

/** The dialog of the fault menu, which every window has as a command. */
function runCommand(wanted: string): void {
  allCommands(useCommandSets.getState().sets)
    .find(({ id }) => id === wanted)
    ?.run()
}

/** The host's tab where there is one, else a new one; the keyboard goes there. */
function showTerminal(lab: string, host: string): void {
  const place = { host, kind: 'shell' as const }
  const tab = layoutOf(lab).tabs.find((each) => samePlace(each, place))
  if (tab) useTerminals.getState().change(lab, (layout) => show(layout, tab.key))
  else openTab(lab, place)
  requestAnimationFrame(() => focusPanel('terminals'))
}
