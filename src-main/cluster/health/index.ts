import type { HealthFinding, HealthReport, HealthSubsystem } from '../../contract/health.js'
import type { LabHost } from '../../contract/lab.js'
import { repositoriesOf } from '../../lab/plan.js'
import { archiveFailing, archiveOff, noBackup, repositoryError } from './archive.js'
import { certificateExpired, certificateExpiring } from './certificates.js'
import {
  etcdApart,
  etcdNoQuorum,
  leaderReadOnly,
  noLeader,
  paused,
  postgresDown,
  restartPending,
  twoPrimaries,
} from './cluster.js'
import { hostAway, serviceDown, serviceSilent, subsystemOf } from './hosts.js'
import { repositoryPart } from '../../contract/repository.js'
import { fresh, primaryOf, viewOf, type HealthInput, type Rule } from './input.js'
import { clockWrong, diskFull, faultActive, promiseBroken, proxyRoute } from './machine.js'
import { noSynchronous, slotUnused, standbyBehind, standbyNotStreaming } from './replication.js'

/** What is looked for, causes before what follows from them. */
export const rules: readonly Rule[] = [
  faultActive,
  hostAway,
  certificateExpired,
  serviceDown,
  serviceSilent,
  etcdNoQuorum,
  etcdApart,
  noLeader,
  twoPrimaries,
  postgresDown,
  leaderReadOnly,
  paused,
  restartPending,
  standbyNotStreaming,
  noSynchronous,
  standbyBehind,
  slotUnused,
  archiveFailing,
  archiveOff,
  repositoryError,
  noBackup,
  proxyRoute,
  diskFull,
  certificateExpiring,
  clockWrong,
  promiseBroken,
]

/** One page about a lab: what is wrong, since when, what to look at next. Pure. */
export function healthOf(input: HealthInput): HealthReport {
  const findings = rules.flatMap((rule) => rule(input))
  const { lab, topology } = input.info
  return { lab, topology, at: input.now, healthy: findings.length === 0, findings, areas: areasOf(input, findings) }
}

type Area = HealthReport['areas'][number]

/** pgBackRest speaks TLS in every lab, everybody else where the lab was made so. */
const hasCertificates = ({ services, endpoints }: LabHost): boolean =>
  services.includes('pgbackrest') || Object.values(endpoints).some(({ tls }) => tls !== undefined)

/** Everything that was looked at, so that "nothing wrong" can be told from "nobody looked". */
function areasOf(input: HealthInput, findings: readonly HealthFinding[]): Area[] {
  const { info, state, facts } = input
  const repositories = repositoriesOf(info.spec)
  const area = (subsystem: HealthSubsystem, host: string | null, known: boolean): Area => {
    const wrong = findings.some((one) => one.subsystem === subsystem && one.host === host)
    return { subsystem, host, state: wrong ? 'wrong' : known ? 'ok' : 'unknown' }
  }
  const ofHost = (host: LabHost): Area[] => {
    const { name, services } = host
    const view = viewOf(input, name)
    const known: Partial<Record<HealthSubsystem, boolean>> = {
      // nobody asks another site's etcd; its service is looked at
      etcd: host.site
        ? (facts[name] ?? null) !== null
        : (fresh(state.etcd)?.members.find((member) => member.name === name)?.answers ?? false),
      patroni: fresh(view?.patroni) !== null,
      proxy: fresh(state.proxy) !== null,
      backups: repositories.includes(name)
        ? fresh(repositoryPart(state, name)) !== null
        : (facts[name] ?? null) !== null,
      pgbouncer: (facts[name] ?? null) !== null,
    }
    const own = [...new Set(services.flatMap((service) => subsystemOf[service] ?? []))]
    const postgres = fresh(view?.postgres) !== null
    const data = services.includes('patroni')
      ? [area('postgres', name, postgres), area('replication', name, postgres), area('clocks', name, postgres)]
      : []
    return [
      area('host', name, fresh(view?.engine) !== null),
      ...own.map((subsystem) => area(subsystem, name, known[subsystem] ?? false)),
      ...data,
      area('disk', name, (facts[name] ?? null) !== null),
      ...(hasCertificates(host) ? [area('tls', name, (facts[name] ?? null) !== null)] : []),
    ]
  }
  const primary = primaryOf(input)
  const whole: Area[] = [
    area('etcd', null, fresh(state.etcd) !== null),
    area('patroni', null, fresh(state.dcs) !== null),
    area('postgres', null, primary !== null),
    area('replication', null, primary !== null),
    area('slots', primary?.name ?? null, primary !== null),
    ...(repositories.length > 0 ? [area('archiving', primary?.name ?? null, primary !== null)] : []),
    area('promises', null, true),
    area('faults', null, true),
  ]
  const areas = [...whole, ...info.hosts.flatMap(ofHost)]
  const isListed = ({ subsystem, host }: HealthFinding): boolean =>
    areas.some((one) => one.subsystem === subsystem && one.host === host)
  // a fault of a host, or what no host was expected to have
  const more = findings.filter((one) => !isListed(one)).map(({ subsystem, host }) => area(subsystem, host, true))
  return [...areas, ...more]
}
