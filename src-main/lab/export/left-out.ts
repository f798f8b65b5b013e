import type { Topology } from '../../contract/topology.js'
import { hostsWith, repositoryOf } from '../plan.js'

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
  const measuring = (['prometheus', 'postgres-exporter'] as const).filter((it) => hostsWith(topology, it).length > 0)
  return leftOut([
    ...when(
      repositoryOf(topology) !== undefined,
      'Backups: the stanza, an archive_command once it exists, and when backups are taken are up to you.',
    ),
    "Service units: how a service is started is the machine's own business.",
    ...when(
      measuring.length > 0,
      `The command lines of ${measuring.join(', ')}: what Prometheus asks, and certificates, is all that is in files.`,
    ),
  ])
}

export const notInPlaybook = (topology: Topology): string =>
  leftOut([
    ...scheduleOf(topology),
    "Firewalls, disks, kernel settings, a watchdog, time synchronisation: they are your machines' own.",
    'Changes of the dynamic configuration once the cluster exists: `patronictl edit-config` makes those, and a change of patroni.yml does not.',
    ...when(
      hostsWith(topology, 'prometheus').length > 0,
      'What Prometheus has measured, alerts, and who may ask: it answers everybody on port 9090, and so do the exporters on 9187.',
    ),
  ])

const scheduleOf = (topology: Topology): string[] =>
  when(
    repositoryOf(topology) !== undefined,
    'Schedules of backups: one full backup is taken at the start, and then it is up to you (cron, a timer).',
  )
