import type { ExportKind } from '../../contract/export.js'
import type { Topology } from '../../contract/topology.js'
import { hostsWith, repositoriesOf, schedulesOf } from '../plan.js'

const ofAll = [
  'The data, the backups, and the history of the lab: this makes a new cluster.',
  'Changes of the dynamic configuration that were made in the lab (`patronictl edit-config`), and what was changed by hand.',
  "The lab's certificates: new ones are made, by an authority of their own.",
]

const of: Record<ExportKind, (topology: Topology) => string[]> = {
  compose: (topology) => [
    ...scheduleOf(topology),
    'The disks with a size, if the lab had any: data are in ordinary volumes.',
    'A restart policy: decide for yourself whether the engine may restart a host that died.',
  ],
  config: (topology) => [
    ...when(
      repositoriesOf(topology).length > 0,
      `Backups: the stanza, and an archive_command once it exists, are up to you${isScheduled(topology) ? '' : '; so is when they are taken'}.`,
    ),
    "Service units: how a service is started is the machine's own business.",
    ...when(
      measuringIn(topology).length > 0,
      `The command lines of ${measuringIn(topology).join(', ')}: what Prometheus asks, and certificates, is all that is in files.`,
    ),
  ],
  ansible: (topology) => [
    ...scheduleOf(topology),
    "Firewalls, disks, kernel settings, a watchdog, time synchronisation: they are your machines' own.",
    'Changes of the dynamic configuration once the cluster exists: `patronictl edit-config` makes those, and a change of patroni.yml does not.',
    ...when(
      hostsWith(topology, 'prometheus').length > 0,
      'What Prometheus has measured, alerts, and who may ask: it answers everybody on port 9090, and so do the exporters on 9187.',
    ),
  ],
}

/** What of the lab, and of a machine that runs it, an export has not: sentences with their reason. */
export const leftOutOf = (as: ExportKind, topology: Topology): string[] => [...ofAll, ...of[as](topology)]

/** The end of a README. */
export const notCarriedOver = (as: ExportKind, topology: Topology): string => `## What is not carried over

${leftOutOf(as, topology)
  .map((line) => `- ${line}\n`)
  .join('')}`

const measuringIn = (topology: Topology): string[] =>
  (['prometheus', 'postgres-exporter'] as const).filter((service) => hostsWith(topology, service).length > 0)

const when = (condition: boolean, line: string): string[] => (condition ? [line] : [])

const isScheduled = ({ settings }: Topology): boolean => schedulesOf(settings).length > 0

const scheduleOf = (topology: Topology): string[] =>
  when(
    repositoriesOf(topology).length > 0 && !isScheduled(topology),
    'Schedules of backups: one full backup is taken at the start, and then it is up to you (cron, a timer).',
  )
