import type { Topology } from '../../contract/topology.js'
import { baseBackupHosts, repositoriesOf, schedulesOf } from '../plan.js'
import { unknownServices } from './debian.js'

/** The end of a README: what of the lab, and of a machine that runs it, an export has not. */
const leftOut = (lines: readonly string[]): string => `## What is not carried over

- The data, the backups, and the history of the lab: this makes a new cluster.
- Changes of the dynamic configuration that were made in the lab (\`patronictl edit-config\`), and what was changed by hand.
- The lab's certificates: new ones are made, by an authority of their own.
${lines.map((line) => `- ${line}\n`).join('')}`

const when = (condition: boolean, line: string): string[] => (condition ? [line] : [])

export const notInProject = (topology: Topology): string =>
  leftOut([
    ...scheduleOf(topology),
    'The disks with a size, if the lab had any: data are in ordinary volumes.',
    'A restart policy: decide for yourself whether the engine may restart a host that died.',
  ])

export function notInFolders(topology: Topology): string {
  const measuring = unknownServices(topology)
  return leftOut([
    ...when(
      repositoriesOf(topology).length > 0,
      `Backups: the stanza, and an archive_command once it exists, are up to you${isScheduled(topology) ? '' : '; so is when they are taken'}.`,
    ),
    "Service units: how a service is started is the machine's own business.",
    ...when(
      measuring.length > 0,
      `The command lines of ${measuring.join(', ')}: what Prometheus asks, and certificates, is all that is in files.`,
    ),
  ])
}

export function notInPlaybook(topology: Topology): string {
  const unknown = unknownServices(topology)
  return leftOut([
    ...scheduleOf(topology),
    ...when(
      baseBackupHosts(topology).length > 0,
      "The lab's `restore-cluster`: it stops and starts Patroni with `sv`, as postgres, which no machine with systemd allows.",
    ),
    "Firewalls, disks, kernel settings, a watchdog, time synchronisation: they are your machines' own.",
    'Changes of the dynamic configuration once the cluster exists: `patronictl edit-config` makes those, and a change of patroni.yml does not.',
    ...when(unknown.length > 0, `These services, which the playbook has no play for: ${unknown.join(', ')}.`),
  ])
}

const isScheduled = ({ settings }: Topology): boolean => schedulesOf(settings).length > 0

const scheduleOf = (topology: Topology): string[] =>
  when(
    repositoriesOf(topology).length > 0 && !isScheduled(topology),
    'Schedules of backups: one full backup is taken at the start, and then it is up to you (cron, a timer).',
  )
