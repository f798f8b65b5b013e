/**
 * What a setting is for, and what happens with another value: by service, then by the setting's name (see annotate.ts).
 * A setting that explains itself has none. Numbers were measured on pair-witness.
 */
const comments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  etcd: {
    'data-dir': 'On a disk of its own where that is possible: every write waits for its fsync.',
    'initial-cluster':
      'Read at the first start only. An odd number of members: an even one adds a member that can fail, and tolerates no more failures.',
    'initial-cluster-token': 'Keeps members of another cluster from joining this one by mistake.',
    'heartbeat-interval': 'Milliseconds. About the time that a packet takes to the slowest member and back.',
    'election-timeout':
      'Milliseconds of silence until the members elect another leader; ten heartbeats is usual, five the least. Where disks are slow, 5000: an election stops Patroni from renewing its lease.',
    'auto-compaction-mode':
      'Old revisions of keys are dropped. Without it the database grows until it is full, and then etcd refuses writes.',
    'enable-grpc-gateway': 'Patroni speaks to it. A configuration file switches it off unless it says this.',
  },
  patroni: {
    scope: "The cluster's name. Its keys are in etcd under namespace and scope; etcdctl get --prefix shows them.",
    'restapi.authentication':
      'Reading is free, for the proxy and for people; whatever changes something (switchover, reinitialize, config) asks for this.',
    'restapi.connect_address': 'A name and not an address, so that a host may move.',
    etcd3: 'Every member. Patroni needs any one that has quorum; python3-etcd is the package that it imports for this.',
    bootstrap:
      'Read once, when the cluster is made. Afterwards the dynamic configuration is in etcd: change it with patronictl edit-config.',
    'bootstrap.dcs.ttl':
      "Seconds that the leader's lease lives without a renewal. When a leader's host dies, nobody can lead before it is over: 20 gave 22 s of outage, and less is not allowed. A longer one forgives a slow network, and makes every crash longer.",
    'bootstrap.dcs.loop_wait':
      'Seconds between two looks of Patroni. loop_wait + 2 * retry_timeout may not exceed ttl: Patroni would change them without an error.',
    'bootstrap.dcs.retry_timeout':
      'Seconds that Patroni tries to reach etcd before the leader steps down. Shorter finds a dead etcd sooner, and takes a hiccup for a failure sooner.',
    'bootstrap.dcs.synchronous_mode':
      'true: a commit is acknowledged when a standby has it too, and only such a standby may be promoted. That is what makes a failover lose no acknowledged write. It costs a round trip per commit.',
    'bootstrap.dcs.synchronous_mode_strict':
      'true: no synchronous standby, no writes. false: with the last standby gone the leader goes on alone, and what it acknowledges then is on one disk.',
    'bootstrap.dcs.maximum_lag_on_failover':
      'Bytes. Without synchronous mode, a standby that is further behind may not be promoted: this is how much can be lost.',
    'bootstrap.dcs.primary_start_timeout':
      'Seconds that a crashed PostgreSQL may take to recover on the same host before another one takes over. 0: take over at once.',
    'bootstrap.dcs.failsafe_mode':
      'true: with etcd gone, the leader stays writable as long as it reaches every member.',
    'bootstrap.dcs.postgresql.use_pg_rewind':
      'A former leader whose data parted from those of the new one is rewound instead of copied anew. Needs data checksums (below) or wal_log_hints.',
    'bootstrap.dcs.postgresql.use_slots':
      'The leader keeps WAL for each standby, however far behind it is: watch its disk.',
    'bootstrap.dcs.postgresql.pg_hba':
      "For all hosts, and here and not in each host's own part: that one would win over what patronictl edit-config says.",
    'bootstrap.dcs.postgresql.parameters.archive_mode':
      'Needs a restart to change, so it is on from the start. The command can be set later.',
    'bootstrap.dcs.postgresql.parameters.archive_command':
      'Empty until the repository has a stanza, as every attempt before it would fail; the first backup sets it, with patronictl edit-config.',
    'bootstrap.dcs.postgresql.parameters.wal_retrieve_retry_interval':
      'How long a standby waits before it asks again for WAL or its slot. The default of 5 s is what a fresh standby spends its start with.',
    'bootstrap.initdb': 'Options of initdb. data-checksums finds broken pages, and is what pg_rewind needs.',
    'postgresql.pgpass':
      'Patroni writes it, so the folder must be writable for postgres; it refuses to start otherwise.',
    'postgresql.authentication':
      'superuser: what Patroni itself uses. replication: what standbys stream with. rewind: what pg_rewind reads with.',
    'postgresql.create_replica_methods': 'How a new standby gets its data, tried in this order.',
    'postgresql.basebackup': 'checkpoint: fast does not spread the checkpoint over minutes before the copy begins.',
    'watchdog.mode':
      'A hardware or kernel watchdog resets a host whose Patroni hangs while it leads. Containers have none. On machines: required, or automatic.',
  },
  pgbackrest: {
    'io-timeout':
      'Seconds. With the default of 60, one host that is gone holds up each command for 180 s, and a new standby sits in "starting" while restore_command waits.',
    'archive-timeout': 'Seconds that a backup waits for its last WAL segment to arrive in the repository.',
    'start-fast': 'Asks for a checkpoint now, rather than waiting for the next one (up to checkpoint_timeout).',
    'compress-type': 'zstd: smaller than the default gzip, and several times as fast.',
    'tls-server-address': 'Every host runs a pgbackrest server, and they talk over TLS: no SSH keys that open a shell.',
    'tls-server-auth': 'Whose certificate (its common name) may ask for which stanza. Everybody else is refused.',
    'repo1-host-type': 'The repository is on another host: a backup beside the data is lost with the data.',
    'repo2-path':
      'The only repository here, and not the first: backup, expire, restore and verify want --repo=2, or PGBACKREST_REPO=2 in the environment. It may not stand in this file.',
    'repo2-host-type':
      'WAL is sent to every repository, and stays on this disk until all of them have it: a repository that is down fills pg_wal. The others meanwhile get one segment more, or with archive-async all of it.',
    ...Object.fromEntries(
      ['repo1-retention-full', 'repo2-retention-full'].map((name) => [
        name,
        'Full backups that are kept. Older ones go, with what depends on them and the WAL before them.',
      ]),
    ),
    'backup-standby': 'prefer: read from a standby when there is one, so that a backup does not slow down the leader.',
    'pg1-path': "A host's data directory.",
  },
  haproxy: {
    retries:
      'A connection that fails is told to the client at once. Retrying against a server that has just gone was the largest part of an outage.',
    'timeout connect': 'A host that is gone does not answer at all: wait one second, not thirty.',
    'timeout client': 'Longer than the longest pause in a session; a pool keeps idle connections for long.',
    'option httpchk':
      'Patroni knows who leads, and the check asks it. /primary answers 200 on the leader alone, /replica on standbys that may be read from.',
    'default-server':
      'inter: between checks. fall 2: two failures in a row, so that one lost packet is no failover. rise 1: the new leader is used at its first yes. on-marked-down shutdown-sessions: clients of a server that lost its role are cut off, and connect anew to the right one.',
    balance: 'Reading clients are spread. They may see data that are some milliseconds old.',
    'stats enable': 'http://HOST:7000 shows who is up, and why not.',
  },
  pgbouncer: {
    pool_mode:
      'transaction: a server connection belongs to a client for one transaction. Session state (SET, LISTEN, advisory locks) does not survive it.',
    max_client_conn: 'Clients that may wait here, cheaply.',
    default_pool_size: 'Connections to PostgreSQL, which are not cheap: rather few, well used.',
    server_login_retry: 'With the default of 15 s, an outage of one second becomes one of fifteen.',
    auth_file: 'Who may come in. Readable by postgres alone.',
  },
  postgresql: {
    synchronous_standby_names:
      'Patroni writes it, and names the standby that streams. Setting it by hand would be overwritten.',
    wal_level: 'What standbys and the archive need.',
    hot_standby: 'Standbys answer queries while they follow.',
    wal_log_hints: 'pg_rewind needs it, or data checksums.',
    max_connections:
      'A standby must have at least as many as the leader: Patroni hands the same value to all, and shrinks in the right order.',
    max_wal_senders: 'Standbys, base backups and pg_rewind each take one.',
    max_replication_slots: 'One per standby (use_slots).',
    wal_keep_size: 'WAL kept without a slot: what a rewound leader needs to catch up.',
    archive_mode: 'Needs a restart to change, so it is on from the start.',
    archive_command: 'Set once the repository has a stanza.',
    wal_retrieve_retry_interval: 'The default of 5 s is what a fresh standby spends its start with.',
    shared_buffers: 'A quarter of the memory is a usual start; a lab is small.',
    logging_collector: 'PostgreSQL writes its own log file, so that Patroni and PostgreSQL can be read apart.',
    log_line_prefix: 'Time with milliseconds, process, user and database: what comparing the logs of hosts needs.',
  },
}

/** Settings of a service that have something to teach; none for a service that has no such. */
export const commentsOf = (service: string): Readonly<Record<string, string>> => comments[service] ?? {}
