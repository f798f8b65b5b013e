import type {
  DcsReading,
  HostRole,
  HostState,
  HostView,
  Part,
  PatroniReading,
  PostgresReading,
} from '../contract/cluster.js'
import type { LabHost } from '../contract/lab.js'
import { lsnNumber } from './dcs.js'
import { isStarting } from './patroni-names.js'
import type { EtcdStanding } from './sources/context.js'

export interface HostInput {
  host: LabHost
  engine: Part<HostState>
  patroni?: Part<PatroniReading>
  postgres?: Part<PostgresReading>
  dcs: Part<DcsReading>
  etcd: Part<EtcdStanding>
  /** Last part in the cluster that this host was seen in. */
  was: { role: HostRole; timeline: number | null } | null
  now: number
}

type Concluded = { role: HostRole; note: string }

/** Services may take this long to answer after their host began. */
const startsWithinMs = 30_000
/** Patroni's REST API can be silent for seconds while PostgreSQL restarts or is rewound. */
const busyMs = 8_000

const fresh = <T>(part: Part<T> | undefined): T | null => (part && !part.stale ? part.value : null)

/** One host in one word and a few more, from fresh evidence only. */
export function hostViewOf(input: HostInput): HostView {
  const { host, engine, patroni, postgres } = input
  const said = fresh(postgres)
  const { role, note } = conclude(input)
  return {
    name: host.name,
    role,
    timeline: said?.timeline ?? fresh(patroni)?.timeline ?? null,
    note,
    engine,
    ...(patroni ? { patroni } : {}),
    ...(postgres ? { postgres } : {}),
  }
}

function conclude(input: HostInput): Concluded {
  const state = fresh(input.engine)
  const past = pastOf(input)
  if (state?.container === 'paused') return { role: 'frozen', note: `frozen${past}` }
  if (state?.container === 'missing') return { role: 'down', note: `its container is gone${past}` }
  if (state?.container === 'exited') {
    const how = { killed: 'crashed', stopped: 'stopped', died: 'ended by itself' }[state.how ?? 'died']
    return { role: 'down', note: `${how}${past}` }
  }
  return input.host.services.includes('patroni') ? concludeData(input) : concludeOther(input)
}

function pastOf({ was }: HostInput): string {
  if (!was) return ''
  const name = { leader: 'leader', sync: 'synchronous standby', replica: 'replica' }[was.role as string]
  return name ? `; was ${name}${was.timeline === null ? '' : ` on timeline ${was.timeline}`}` : ''
}

function concludeData(input: HostInput): Concluded {
  const { host, dcs, now, engine } = input
  const postgres = fresh(input.postgres)
  const patroni = fresh(input.patroni)
  const keys = fresh(dcs)
  if (host.site !== undefined && postgres) return concludeElsewhere(host.site, postgres, patroni)
  if (keys?.leader === host.name) return { role: 'leader', note: leaderNote(postgres, patroni) }
  if (postgres && !postgres.inRecovery) {
    if (!keys) return { role: 'unknown', note: 'not in recovery; etcd can’t say who leads' }
    return { role: 'none', note: 'not in recovery, without the leader key' }
  }
  if (postgres) {
    const note = standbyNote(host.name, postgres, keys)
    return { role: keys?.sync.standbys.includes(host.name) ? 'sync' : 'replica', note }
  }
  const began = now - (engine.value?.since ?? 0) < startsWithinMs
  if (patroni) {
    const note = `PostgreSQL: ${patroni.state}`
    // nobody has asked it by SQL yet, or it is slow: Patroni asks it too
    const unheard = input.postgres?.at === null && !input.postgres.error
    const slow = input.postgres?.error === 'no answer in time'
    if ((unheard || slow) && patroni.state === 'running' && patroni.role === 'replica') {
      return { role: keys?.sync.standbys.includes(host.name) ? 'sync' : 'replica', note }
    }
    return { role: isOnItsWay(patroni) || patroni.state === 'running' || began ? 'starting' : 'none', note }
  }
  const last = input.patroni
  if (last?.value && isOnItsWay(last.value) && now - (last.at ?? 0) < busyMs) {
    return { role: 'starting', note: `Patroni is busy; it said last: ${last.value.state}` }
  }
  if (began) return { role: 'starting', note: 'Patroni does not answer yet' }
  return { role: 'unknown', note: 'Patroni and PostgreSQL do not answer' }
}

/** Another site's etcd is not read here: Patroni says who leads there. */
function concludeElsewhere(site: string, postgres: PostgresReading, patroni: PatroniReading | null): Concluded {
  if (!postgres.inRecovery) return { role: 'leader', note: `takes writes in ${site}` }
  const from = postgres.walReceiver?.status === 'streaming' ? `streaming from ${postgres.walReceiver.senderHost}` : ''
  const note = from || 'in recovery, not streaming'
  return { role: 'replica', note: patroni?.role === 'standby_leader' ? `standby leader of ${site}; ${note}` : note }
}

/** Patroni is bringing PostgreSQL up, or back up as a standby after it was demoted. */
const isOnItsWay = ({ state, role }: PatroniReading): boolean => isStarting(state) || role === 'demoted'

function leaderNote(postgres: PostgresReading | null, patroni: PatroniReading | null): string {
  if (!postgres) return `holds the leader key; PostgreSQL ${patroni ? `is ${patroni.state}` : 'does not answer'}`
  if (postgres.inRecovery) return 'holds the leader key; promotes'
  if (postgres.readOnly) return 'read-only'
  const standbys = postgres.replication.filter(({ state }) => state === 'streaming').map((row) => row.applicationName)
  return standbys.length > 0 ? `streams to ${standbys.join(', ')}` : 'no standby attached'
}

function standbyNote(name: string, postgres: PostgresReading, keys: DcsReading | null): string {
  const { walReceiver } = postgres
  if (walReceiver?.status === 'streaming') {
    const from = walReceiver.senderHost ?? keys?.leader
    return from ? `streaming from ${from}` : 'streaming'
  }
  if (keys?.leader === null) return 'no upstream; nobody holds the leader key'
  const why = keys && whyNotPromotable(name, postgres, keys)
  return `in recovery, not streaming${why ? `; not promotable: ${why}` : ''}`
}

/**
 * Why Patroni would not promote this standby if the leader went now; null when it would. Patroni compares what the standby
 * has with where the leader last said that its WAL ends. Source: patroni/ha.py, is_lagging and is_failover_possible.
 */
function whyNotPromotable(name: string, { lsn }: PostgresReading, keys: DcsReading): string | null {
  const { config, sync, position } = keys
  const mode = config['synchronous_mode']
  if ((mode === true || mode === 'quorum') && sync.leader !== null && !sync.standbys.includes(name))
    return 'the cluster is synchronous, and it is not the synchronous standby'
  const allowed = config['maximum_lag_on_failover']
  if (typeof allowed !== 'number' || (position ?? 0) - lsnNumber(lsn) <= allowed) return null
  return `more than ${allowed.toLocaleString('en')} bytes behind, which is maximum_lag_on_failover`
}

function concludeOther({ host, etcd, engine, now }: HostInput): Concluded {
  if (!host.services.includes('etcd')) return { role: 'none', note: '' }
  const member = fresh(etcd)?.members.find(({ name }) => name === host.name)
  if (!member) return { role: 'none', note: '' }
  if (member.leader) return { role: 'none', note: `etcd leader, term ${member.term ?? '?'}` }
  if (member.answers) return { role: 'none', note: member.error ? `etcd ${member.error}` : 'votes' }
  return now - (engine.value?.since ?? 0) < startsWithinMs
    ? { role: 'starting', note: 'etcd does not answer yet' }
    : { role: 'none', note: `etcd does not answer: ${member.error ?? 'unknown'}` }
}
