import type { HostFile } from '../../docker/archive.js'
import { hostsWith, pgdata, repositoriesOf, repositoryKey, runs, stanza, type LabPlan } from '../plan.js'

const tls = '/etc/pgbackrest/tls'

/**
 * pgBackRest over TLS: a server on every host that it runs on, each with a certificate of the lab's own authority.
 * io-timeout is 3 s, because with the default (60 s) one unreachable host holds up every command for minutes.
 */
export function renderPgbackrest(plan: LabPlan, host: string): HostFile[] {
  const { topology, pki } = plan
  const own = pki.hosts[host]
  if (!own) throw new Error(`no certificate for ${host}`)
  const key = repositoryKey(topology, host)
  const sections = key ? repository(plan, key) : database(plan)
  return [
    { path: '/etc/pgbackrest/pgbackrest.conf', content: ini(sections), owner: 'postgres', mode: 0o640 },
    ...(key
      ? [
          {
            path: '/etc/pgbackrest/spare.conf',
            content: ini(spare(plan, key)),
            owner: 'postgres',
            mode: 0o640,
          } as const,
        ]
      : []),
    { path: `${tls}/ca.crt`, content: pki.ca, owner: 'postgres', mode: 0o644 },
    { path: `${tls}/host.crt`, content: own.cert, owner: 'postgres', mode: 0o644 },
    { path: `${tls}/host.key`, content: own.key, owner: 'postgres', mode: 0o600 },
  ]
}

type Section = Record<string, string | string[]>

const common: Section = {
  'io-timeout': '3',
  'archive-timeout': '20',
  'start-fast': 'y',
  'compress-type': 'zst',
  'log-level-console': 'info',
  'log-level-file': 'detail',
  'tls-server-address': '*',
  'tls-server-ca-file': `${tls}/ca.crt`,
  'tls-server-cert-file': `${tls}/host.crt`,
  'tls-server-key-file': `${tls}/host.key`,
}

/** How to reach another host's server, as options `repo1-host*` or `pgN-host*`. */
const reach = (what: string, host: string): Section => ({
  [`${what}-host`]: host,
  [`${what}-host-type`]: 'tls',
  [`${what}-host-ca-file`]: `${tls}/ca.crt`,
  [`${what}-host-cert-file`]: `${tls}/host.crt`,
  [`${what}-host-key-file`]: `${tls}/host.key`,
})

const repositoryPath = '/var/lib/pgbackrest'

/** Where backups are kept, and how. Database hosts ask the repository host for its key, and keep none. */
const kept = ({ settings, credentials }: LabPlan, key: number): Section => ({
  [`repo${key}-path`]: repositoryPath,
  [`repo${key}-retention-full`]: String(settings.backup.keep_full),
  ...(settings.backup.encrypted
    ? { [`repo${key}-cipher-type`]: 'aes-256-cbc', [`repo${key}-cipher-pass`]: credentials.repository!.password }
    : {}),
})

function repository(plan: LabPlan, key: number): Record<string, Section> {
  const { topology } = plan
  const databases = hostsWith(topology, 'patroni').filter((host) => runs(topology, host, 'pgbackrest'))
  const members = databases.map((host, i) => ({
    [`pg${i + 1}-path`]: pgdata,
    [`pg${i + 1}-socket-path`]: '/run/postgresql',
    ...reach(`pg${i + 1}`, host),
  }))
  return {
    global: {
      ...common,
      ...kept(plan, key),
      'backup-standby': 'prefer',
      'tls-server-auth': databases.map((host) => `${host}=${stanza}`),
    },
    [stanza]: Object.assign({}, ...members) as Section,
  }
}

/**
 * For a restore on the repository host itself, which is the spare of a lab: pgbackrest.conf says there that databases are
 * on other hosts. Nothing is archived with it.
 */
function spare(plan: LabPlan, key: number): Record<string, Section> {
  return {
    global: { ...kept(plan, key), 'log-level-console': 'info', 'log-level-file': 'off' },
    [stanza]: { 'pg1-path': pgdata, 'pg1-socket-path': '/run/postgresql' },
  }
}

function database({ topology, settings }: LabPlan): Record<string, Section> {
  const batches: Section = settings.backup.archive_async
    ? { 'archive-async': 'y', 'spool-path': '/var/spool/pgbackrest' }
    : {}
  const keepers = repositoriesOf(topology)
  const own: Section = { 'pg1-path': pgdata, 'pg1-socket-path': '/run/postgresql' }
  if (keepers.length === 0) return { global: { ...common, 'repo1-path': repositoryPath }, [stanza]: own }
  const reached = keepers.map((keeper) => reach(`repo${repositoryKey(topology, keeper)}`, keeper))
  const allowed = keepers.map((keeper) => `${keeper}=${stanza}`)
  return {
    global: { ...common, ...batches, ...(Object.assign({}, ...reached) as Section), 'tls-server-auth': allowed },
    [stanza]: own,
  }
}

const ini = (sections: Record<string, Section>): string =>
  Object.entries(sections)
    .map(([name, section]) => `[${name}]\n${lines(section)}`)
    .join('\n')

const lines = (section: Section): string =>
  Object.entries(section)
    .flatMap(([key, value]) => [value].flat().map((one) => `${key}=${one}\n`))
    .join('')
