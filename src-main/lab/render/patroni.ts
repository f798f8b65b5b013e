import { stringify } from 'yaml'
import type { HostFile } from '../../docker/archive.js'
import { hostTls, serverTls } from '../certificates.js'
import {
  hostsWith,
  isTls,
  fromRepository,
  linkWal,
  pgdata,
  repositoriesOf,
  schemeOf,
  scopeOf,
  siteMates,
  siteOf,
  stanza,
  waldir,
  type LabPlan,
} from '../plan.js'

/** YAML 1.1, because Patroni reads that: there, a bare `on` is a boolean and no word of PostgreSQL's. */
const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, version: '1.1' })
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Patroni's configuration, and what it makes at the cluster's birth. Readable by postgres only: it holds passwords. */
export function renderPatroni(plan: LabPlan, host: string): HostFile[] {
  const first = siteMates(plan.topology, host, 'patroni')[0] === host
  const main = siteOf(plan.topology, host) === undefined
  const config = {
    scope: scopeOf(plan, host),
    namespace: '/service/',
    name: host,
    restapi: {
      listen: '0.0.0.0:8008',
      connect_address: `${host}:8008`,
      authentication: plan.credentials.patroniRest, // reading is free; whatever changes something asks for it
      ...(isTls(plan) && restTls),
    },
    ...(isTls(plan) && { ctl: clientTls }),
    ...dcs(plan, host),
    // only one host may make the cluster: the first leader is always the same
    ...(first ? { bootstrap: main ? bootstrap(plan, host) : { dcs: standbyCluster(plan, host) } } : {}),
    postgresql: postgresql(plan, host),
    watchdog: { mode: 'off' },
  }
  const files: HostFile[] = [
    { path: '/etc/patroni/patroni.yml', content: yaml(config), owner: 'postgres', mode: 0o600 },
  ]
  if (first && main) {
    files.push({ path: '/etc/patroni/role.sql', content: role(plan), owner: 'postgres', mode: 0o600 })
    files.push({ path: '/etc/patroni/database.sql', content: database(plan), owner: 'postgres', mode: 0o600 })
  }
  return files
}

/** `patronictl` works on every host, also where no Patroni runs. */
export function renderPatronictl(plan: LabPlan, host: string): HostFile[] {
  const config = {
    scope: scopeOf(plan, host),
    namespace: '/service/',
    ...dcs(plan, host),
    ctl: { authentication: plan.credentials.patroniRest, ...(isTls(plan) && clientTls) },
  }
  return [{ path: '/etc/patroni/patronictl.yml', content: yaml(config), owner: 'postgres', mode: 0o600 }]
}

const dcs = (plan: LabPlan, host: string) => ({
  etcd3: {
    hosts: siteMates(plan.topology, host, 'etcd').map((member) => `${member}:2379`),
    protocol: schemeOf(plan),
    ...(isTls(plan) && { cacert: hostTls.ca, cert: hostTls.cert, key: hostTls.key }),
  },
})

/** What changes something asks for a certificate of the lab besides the password; HAProxy and people read without. */
const restTls = {
  certfile: serverTls('patroni').cert,
  keyfile: serverTls('patroni').key,
  cafile: hostTls.ca,
  verify_client: 'optional',
}
const clientTls = { cacert: hostTls.ca, certfile: hostTls.cert, keyfile: hostTls.key }

/** WAL goes to the host's disk for it when there is one, whoever makes the data directory. */
const ownWaldir = ({ topology }: LabPlan, host: string): { waldir: string }[] =>
  topology.hosts[host]?.walDisk ? [{ waldir }] : []

/** What a site's etcd is told at its cluster's birth, and people change from then on. */
function dynamic(plan: LabPlan) {
  const { topology, settings, dynamic: given = {} } = plan
  const { postgresql, ...own } = given
  const { parameters, ...ownPostgresql } = (postgresql ?? {}) as { parameters?: object }
  // the command is set once there is a stanza (docker/rootfs, first-backup): until then it could only fail
  const archiving = { archive_mode: 'on', archive_command: '' }
  const tls = { ssl: 'on', ssl_cert_file: serverTls('postgres').cert, ssl_key_file: serverTls('postgres').key }
  return {
    ...settings.patroni,
    ...own,
    postgresql: {
      use_pg_rewind: true,
      use_slots: true,
      ...ownPostgresql,
      pg_hba: hba(plan),
      parameters: {
        ...(repositoriesOf(topology).length > 0 && archiving),
        ...(isTls(plan) && tls),
        ...settings.postgresql,
        ...parameters,
      },
    },
  }
}

/** Another site copies the main one and follows whoever leads there, until somebody takes this section out. */
function standbyCluster(plan: LabPlan, host: string) {
  const { topology } = plan
  const main = hostsWith(topology, 'patroni').filter((host) => siteOf(topology, host) === undefined)
  return {
    ...dynamic(plan),
    standby_cluster: {
      host: main.join(','),
      port: 5432,
      // with a slot Patroni asks for a server that takes writes (target_session_attrs); without one any would do
      primary_slot_name: slotOf(siteOf(topology, host)!),
      create_replica_methods: ['basebackup'],
    },
  }
}

const slotOf = (site: string): string => site.replaceAll('-', '_')

/** A slot for each other site: whoever leads keeps the WAL that it has not received. */
function withSiteSlots(config: Record<string, unknown>, { topology }: LabPlan): Record<string, unknown> {
  const sites = hostsWith(topology, 'patroni').flatMap((host) => siteOf(topology, host) ?? [])
  if (sites.length === 0) return config
  const slots = Object.fromEntries(sites.map((site) => [slotOf(site), { type: 'physical' }]))
  return { ...config, slots: { ...(config['slots'] as object | undefined), ...slots } }
}

function bootstrap(plan: LabPlan, host: string) {
  return {
    dcs: withSiteSlots(dynamic(plan), plan),
    initdb: [
      { encoding: 'UTF8' },
      { locale: 'C.UTF-8' },
      { 'locale-provider': 'builtin' },
      { 'builtin-locale': 'C.UTF-8' },
      'data-checksums', // pg_rewind needs them, or wal_log_hints
      'no-sync', // the disk under a lab is this machine's: PostgreSQL itself does sync, but nobody waits for initdb
      ...ownWaldir(plan, host),
    ],
    post_bootstrap: '/usr/local/lib/dojo/post-bootstrap',
  }
}

/** One for all hosts, in the dynamic configuration: a host's own would win over what `patronictl edit-config` says. */
function hba(plan: LabPlan): string[] {
  const { username } = plan.credentials.replication
  const [host, network] = [isTls(plan) ? 'hostssl' : 'host', `${plan.prefix}.0/24`]
  return [
    'local all postgres peer map=host',
    'local all all scram-sha-256',
    `${host} all all 127.0.0.1/32 scram-sha-256`,
    `${host} replication ${username} 127.0.0.1/32 scram-sha-256`, // Patroni asks itself for its timeline
    `${host} replication ${username} ${network} scram-sha-256`,
    `${host} all all ${network} scram-sha-256`, // published ports arrive from the bridge, so from here too
  ]
}

/** Where each host logs. Patroni lets a host's own parameters win, so what a lab sets for all hosts may not stand here. */
const ownParameters = {
  unix_socket_directories: '/run/postgresql',
  logging_collector: 'on',
  log_directory: '/var/log/postgresql',
  log_filename: 'postgresql.log',
  log_rotation_age: 0,
  log_rotation_size: '10MB',
  log_line_prefix: '%m [%p] %q%u@%d ',
}

function postgresql(plan: LabPlan, host: string) {
  const { credentials, settings } = plan
  const { superuser, replication, rewind } = credentials
  const verifying = isTls(plan) ? { sslmode: 'verify-full', sslrootcert: hostTls.ca } : {}
  return {
    listen: '0.0.0.0:5432',
    connect_address: `${host}:5432`,
    data_dir: pgdata,
    bin_dir: '/usr/lib/postgresql/17/bin',
    pgpass: '/var/lib/postgresql/.pgpass.patroni',
    use_unix_socket: true,
    authentication: {
      superuser: { ...superuser, ...verifying },
      replication: { ...replication, ...verifying },
      rewind: { ...rewind, ...verifying },
    },
    parameters: Object.fromEntries(Object.entries(ownParameters).filter(([name]) => !(name in settings.postgresql))),
    pg_ident: ['host postgres postgres', 'host root postgres'], // a learner may be either
    ...replicaMethods(plan, host),
    basebackup: [{ checkpoint: 'fast' }, 'no-sync', ...ownWaldir(plan, host)],
  }
}

/** How a new replica gets its data. A method that fails is followed by the next one: there may be no backup yet. */
function replicaMethods({ topology, settings }: LabPlan, host: string) {
  const repositories = settings.backup.replicas_from_backup ? repositoriesOf(topology) : []
  const link = topology.hosts[host]?.walDisk ? `${linkWal} ` : ''
  // a method for each: left to choose, pgBackRest gives up when the first one can't be reached
  const methods = repositories.map((keeper, i) => [
    i === 0 ? 'pgbackrest' : `pgbackrest_${keeper}`,
    {
      command: `pgbackrest --stanza=${stanza} ${fromRepository(topology, keeper)}--delta ${link}--type=standby restore`,
      keep_data: true, // what is as in the backup stays
      no_params: true,
      no_leader: true, // it needs none: the leader has no work with it
    },
  ])
  return {
    create_replica_methods: [...methods.map(([name]) => name), 'basebackup'],
    ...(Object.fromEntries(methods) as object),
  }
}

/** What clients use: one role that owns one database. Patroni itself makes the roles that it needs. */
const role = ({ credentials: { app } }: LabPlan): string =>
  `CREATE ROLE ${app.username} LOGIN PASSWORD ${quoted(app.password)};\n`

/** Waits, a while, for the standby that a boot expects; see docker/rootfs, post-bootstrap. */
function database({ topology, credentials: { app }, load }: LabPlan): string {
  const standbys = hostsWith(topology, 'patroni').map(quoted).join(', ')
  const wait = `DO $$
BEGIN
  FOR attempt IN 1..300 LOOP
    PERFORM FROM pg_stat_replication WHERE state = 'streaming' AND application_name IN (${standbys});
    EXIT WHEN FOUND;
    PERFORM pg_sleep(0.05), pg_stat_clear_snapshot();
  END LOOP;
END $$;
`
  const make = load === undefined ? `CREATE DATABASE ${app.database} OWNER ${app.username};\n` : loaded(app, load)
  // who looks for the moment of a mistake begins with the log
  const logs = `ALTER DATABASE ${app.database} SET log_statement = 'ddl';\n`
  return `${topology.healthy.standbys.streaming > 0 ? wait : ''}${make}${logs}`
}

/** Clients find the database once everything is in it: until then it has another name. */
const loaded = ({ database: name, username }: LabPlan['credentials']['app'], sql: string): string =>
  `CREATE DATABASE ${name}_loading OWNER ${username};
\\connect ${name}_loading
SET ROLE ${username};
BEGIN;
${sql.trimEnd()}
COMMIT;
\\connect postgres
ALTER DATABASE ${name}_loading RENAME TO ${name};
`
