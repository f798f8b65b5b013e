import { yesOrNo } from '../../lab/patroni-rules.js'
import { finding, fresh, hostsRunning, isSettled, onHost, viewOf, type HealthInput, type Rule } from './input.js'

const patronictl = (input: HealthInput, verb: string): string => {
  const host = hostsRunning(input, 'patroni').find(
    ({ name }) => fresh(viewOf(input, name)?.engine)?.container === 'running',
  )
  return onHost(input, host?.name ?? input.info.hosts[0]!.name, `patronictl ${verb}`)
}

/** More than half of the etcd members do not agree on a leader: nobody may take or keep the leader key. */
export const etcdNoQuorum: Rule = (input) => {
  const etcd = fresh(input.state.etcd)
  if (!etcd || etcd.quorum) return []
  const voting = etcd.members.filter(({ answers, error }) => answers && !error).length
  const text = `etcd has no quorum: ${voting} of ${etcd.members.length} members agree, and ${Math.floor(etcd.members.length / 2) + 1} have to`
  const one = etcd.members.find(({ answers }) => answers)?.name ?? etcd.members[0]!.name
  const next = onHost(input, one, 'etcdctl endpoint status -w table')
  return [finding({ rule: 'etcd-no-quorum', subsystem: 'etcd' }, { text, since: input.eventAt(['quorum.lost']), next })]
}

/** A member that answers, and has no part in what the others agree on. */
export const etcdApart: Rule = (input) =>
  (fresh(input.state.etcd)?.members ?? []).flatMap(({ name, answers, error }) =>
    answers && error
      ? [
          finding(
            { rule: 'etcd-apart', subsystem: 'etcd', host: name },
            {
              text: `etcd on ${name} ${error}`,
              since: input.eventAt(['etcd.lost'], name),
              next: onHost(input, name, 'etcdctl endpoint status --cluster -w table'),
            },
          ),
        ]
      : [],
  )

/** Nobody holds the leader key: no writes, until somebody does. Not said where etcd can't tell. */
export const noLeader: Rule = (input) => {
  const { dcs, leader } = input.state
  if (!fresh(dcs) || leader !== null || fresh(input.state.etcd)?.quorum !== true) return []
  const text = 'nobody holds the leader key: no host takes writes'
  const since = input.eventAt(['leader.lost', 'leader.released', 'lease.expired'])
  return [finding({ rule: 'no-leader', subsystem: 'patroni' }, { text, since, next: patronictl(input, 'list') })]
}

/** Maintenance mode: Patroni looks on, and would not fail over. */
export const paused: Rule = (input) => {
  if (!fresh(input.state.dcs)?.pause) return []
  const text = 'the cluster is paused: Patroni would not fail over'
  const next = patronictl(input, `resume ${input.info.scope}`)
  const since = input.eventAt(['cluster.paused'])
  return [finding({ rule: 'paused', subsystem: 'patroni', severity: 'warning' }, { text, since, next })]
}

export const restartPending: Rule = (input) =>
  input.state.hosts.flatMap(({ name, patroni }) =>
    fresh(patroni)?.pendingRestart
      ? [
          finding(
            { rule: 'restart-pending', subsystem: 'patroni', host: name, severity: 'warning' },
            {
              text: `PostgreSQL on ${name} has settings that wait for a restart`,
              since: input.eventAt(['restart.pending'], name),
              next: `dojo config ${input.info.lab}`,
            },
          ),
        ]
      : [],
  )

/** PostgreSQL does not run, or not so that one can ask it, while its Patroni is there. */
export const postgresDown: Rule = (input) =>
  input.state.hosts.flatMap(({ name, patroni, postgres, role }) => {
    const said = fresh(patroni)
    if (!said || fresh(postgres) || role === 'starting' || !isSettled(input, name)) return []
    if (!postgres || (postgres.at === null && postgres.error === undefined)) return []
    const why = said.state === 'running' ? (postgres.error ?? 'no answer') : `Patroni says ${said.state}`
    const next = onHost(input, name, 'tail -n 20 /var/log/postgresql/postgresql.log')
    const text = `PostgreSQL on ${name} does not answer: ${why}`
    return [finding({ rule: 'postgres-down', subsystem: 'postgres', host: name }, { text, since: postgres.at, next })]
  })

/** Whoever leads has to take writes. */
export const leaderReadOnly: Rule = (input) => {
  const leader = input.state.hosts.find(({ name }) => name === input.state.leader)
  const postgres = fresh(leader?.postgres)
  if (!leader || !postgres?.readOnly || postgres.inRecovery) return []
  const text = `${leader.name} leads and takes no writes: default_transaction_read_only is on`
  const next = onHost(input, leader.name, 'psql -Xc "show default_transaction_read_only"')
  return [finding({ rule: 'leader-read-only', subsystem: 'postgres', host: leader.name }, { text, next })]
}

/** Two hosts that both take writes: what is written to one of them will be lost. */
export const twoPrimaries: Rule = (input) => {
  const writable = input.state.hosts.filter(({ postgres }) => {
    const said = fresh(postgres)
    return said !== null && !said.inRecovery && !said.readOnly
  })
  const atMost = input.info.spec.promises.writablePrimaries?.atMost ?? 1
  if (writable.length <= atMost) return []
  const names = writable.map(({ name }) => name).join(' and ')
  const text = `${names} both take writes: what one of them takes will be lost`
  const since = input.eventAt(['invariant.violated'])
  return [finding({ rule: 'two-primaries', subsystem: 'postgres' }, { text, since, next: patronictl(input, 'list') })]
}

/** Any spelling that Patroni takes for yes; quorum is one more way to be synchronous. */
export const isSynchronous = (mode: unknown): boolean => yesOrNo(mode) === true || mode === 'quorum'
