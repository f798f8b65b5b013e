import type { MetricChart, MetricUnit } from '../contract/metrics.js'

export interface ChartQuery {
  title: string
  about: string
  unit: MetricUnit
  /** PromQL for the window that rates are taken over, in seconds. Every series has a label `host`. */
  query: (windowS: number) => string
}

/** A handful of figures that say how a fleet is: each from who knows it best. */
export const chartQueries: Record<MetricChart, ChartQuery> = {
  connections: {
    title: 'Connections',
    about: "sessions in PostgreSQL's databases, Patroni's and the exporter's own among them (pg_stat_database)",
    unit: 'count',
    query: () => 'sum by (host) (pg_stat_database_numbackends)',
  },
  transactions: {
    title: 'Transactions',
    about: 'committed and rolled back per second, reads among them (pg_stat_database)',
    unit: 'perSecond',
    query: (s) =>
      `sum by (host) (rate(pg_stat_database_xact_commit[${s}s]) + rate(pg_stat_database_xact_rollback[${s}s]))`,
  },
  lag: {
    title: 'Replication lag',
    about: 'bytes that a standby has yet to replay, as the leader sees it (pg_stat_replication)',
    unit: 'bytes',
    // the leader names standbys by their application_name; its own name must not stand in its place
    query: () =>
      'max by (host) (label_replace(pg_stat_replication_pg_wal_lsn_diff{application_name!~".*basebackup.*"}, "host", "$1", "application_name", "(.*)"))',
  },
  wal: {
    title: 'WAL written',
    about: 'bytes of WAL that the leader writes per second (Patroni)',
    unit: 'bytesPerSecond',
    // a standby's position is 0 here: the step up at a promotion is no WAL that somebody wrote
    query: (s) =>
      `sum by (host) (rate(patroni_xlog_location[${s}s]) and min_over_time(patroni_xlog_location[${s}s]) > 0)`,
  },
  fsync: {
    title: 'etcd fsync',
    about: 'time within which 99 of 100 writes of an etcd member to its log were on disk, over a minute (etcd)',
    unit: 'seconds',
    query: (s) =>
      `histogram_quantile(0.99, sum by (host, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[${Math.max(60, s)}s])))`,
  },
  proposals: {
    title: 'etcd proposals',
    about: 'changes that etcd agreed on per second, as each member has heard (etcd)',
    unit: 'perSecond',
    query: (s) => `sum by (host) (rate(etcd_server_proposals_committed_total[${s}s]))`,
  },
  sessions: {
    title: 'Proxy sessions',
    about: 'clients that are connected through a proxy, by its route (HAProxy)',
    unit: 'count',
    query: () => 'sum by (host, proxy) (haproxy_frontend_current_sessions{proxy=~"write|read"})',
  },
}
