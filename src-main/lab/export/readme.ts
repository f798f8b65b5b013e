import { baseBackupHosts, hostsWith, repositoriesOf, schedulesOf, stanza } from '../plan.js'
import { clientsOf } from './clients.js'
import { packagesOf } from './debian.js'
import { readable } from './files.js'
import type { ExportSource } from './index.js'
import { notCarriedOver } from './left-out.js'
import type { ExportedFile } from './tokens.js'

const readme = (content: string): ExportedFile => ({ path: 'README.md', content, mode: readable })

export const composeReadme = (source: ExportSource): ExportedFile =>
  readme(`${title(source)}

A docker compose project of its own: it needs docker compose (or docker-compose 1.27 and later) and openssl, nothing else.

## Start

    ./init.sh                  # once: random passwords, a certificate authority, a certificate per host
    docker compose up -d       # builds the image first where it is not there
    docker compose exec -u postgres ${first(source)} patronictl list

${clientsOf(source)}
Ports, the project's name and the network (10.78.0) are in .env.${schedule(source)}

The image (image/Dockerfile) builds from debian:trixie-slim and Debian's packages. Where no registry can be reached:
\`sudo sh image/base/make-base.sh | docker import - debian:trixie-slim\` makes that base from Debian's packages.

## Fail over

    docker compose kill ${first(source)}     # a host dies
    watch docker compose exec -u postgres ${second(source)} patronictl list
    docker compose start ${first(source)}    # it comes back as a standby

Expect an outage of about ttl (${source.plan.settings.patroni.ttl} s) plus some seconds: the lease must run out first. A stop in order
(\`docker compose stop ${first(source)}\`) gives the lease back, and takes about 2 s.
${switchover(source, `docker compose exec -u postgres ${first(source)}`)}
## Stop, and remove

    docker compose stop        # data stays
    docker compose down        # containers go, data stays in volumes
    docker compose down -v     # everything goes, backups included
${health('docker compose exec HOST cluster-health')}
${notCarriedOver('compose', source.plan.topology)}`)

export const configReadme = (source: ExportSource): ExportedFile =>
  readme(`${title(source)}

The configuration of each host, one folder per host, each file where it is on that host, with comments that say why. Meant
to be read, compared, and copied from.

- \`@superuser_password@\` and its like stand where a secret belongs (unless it was exported with secrets). Choose your own.
- pgBackRest speaks TLS: it wants \`ca.crt\`, \`host.crt\` and \`host.key\` (0600, owned by postgres) in /etc/pgbackrest/tls, the
  certificate's common name being the host's name.
- \`postgresql.conf\` is there to be read: Patroni writes the real one, in the data directory.
- Names must resolve on every host (/etc/hosts, so that they never depend on who is up):

${hostsTable(source)}

## Start

Install ${packages(source)} from Debian trixie (with \`create_main_cluster = false\` in
/etc/postgresql-common/createcluster.conf), copy the files, and start etcd on all its hosts first, then Patroni on
${first(source)}, which makes the cluster, then on the others, then pgbackrest ("pgbackrest server") and the proxy.
\`/usr/local/lib/dojo/post-bootstrap\`, which patroni.yml names, makes the role and the database of the clients from
/etc/patroni/role.sql and /etc/patroni/database.sql. \`dojo export --as ansible\` does all of this.
${ifCron(
  source,
  `
scripts/ has what cron and archive_command call, and what restores: all of it belongs in /usr/local/bin, \`restore\` and
\`patroni-here\` in /usr/local/lib/dojo. The latter says how postgres stops and starts Patroni: make it true on your hosts, or
\`restore-cluster\` can't. Before Patroni starts, /var/backups/postgresql and /var/log/cron must be there and belong to postgres.
`,
)}${schedule(source, 'scripts/scheduled-backup belongs in /usr/local/bin there, and /var/log/cron must belong to postgres.')}
## Fail over

    patronictl -c /etc/patroni/patroni.yml list        # as postgres, on any data host

Stop a host's Patroni in order (about 2 s), or switch it off (about ttl, ${source.plan.settings.patroni.ttl} s, plus some seconds).
${switchover(source, '')}${health('sudo cluster-health')}
${notCarriedOver('config', source.plan.topology)}`)

export const ansibleReadme = (source: ExportSource): ExportedFile =>
  readme(`${title(source)}

An inventory and a playbook that make this cluster on hosts with Debian 13, or an Ubuntu whose archive has the same packages (${packages(source)}),
from the distribution's own archive. It can be run again: what is as it should be stays as it is.

## Start

Put the addresses of your hosts into inventory.yml (\`ansible_host\`, \`address\`) and the network they are in into
group_vars/all.yml, then

    ./init.sh                      # once: random passwords, a certificate authority, a certificate per host
    ansible-playbook site.yml      # needs Ansible 2.16 or later (for the Python of Debian 13), and root on the hosts

Services are systemd units (/etc/systemd/system) where the host runs systemd. Where it does not, in a container for
example, the same commands are run by runit (/etc/service). Both are written from one list, roles/service/vars/main.yml.

## Fail over

    sudo -u postgres patronictl -c /etc/patroni/patroni.yml list      # on any data host

Stop Patroni in order (\`systemctl stop patroni\`, or \`sv stop patroni\`: about 2 s), or switch a host off (about ttl,
${source.plan.settings.patroni.ttl} s, plus some seconds).
${switchover(source, 'sudo -u postgres')}${ifCron(source, restoring)}${schedule(source)}${health('sudo cluster-health')}
${notCarriedOver('ansible', source.plan.topology)}`)

const ifCron = ({ plan }: ExportSource, text: string): string => (baseBackupHosts(plan.topology).length > 0 ? text : '')

/** When cron backs up where backups are kept, and where one reads what came of it. */
function schedule({ plan: { topology, settings } }: ExportSource, more = ''): string {
  const when = schedulesOf(settings).map(({ type, at }) => `${type} at \`${at}\``)
  if (when.length === 0) return ''
  return `

Cron makes backups on ${repositoriesOf(topology).join(' and ')} (/etc/cron.d/pgbackrest): ${when.join(', ')}, in the time zone of those hosts. Each run ends with a line in
/var/log/cron/pgbackrest.log. ${more}
`.trimEnd()
}

const restoring = `
## Restore

Cron takes base backups on the host that leads (/var/log/cron/base-backup.log), and every host archives its WAL, into
/var/backups/postgresql. Beside the cluster, on that host, as it was at a moment:

    sudo -u postgres restore-standalone --time '2026-11-26 14:03:05+00'      # then psql -p 5433

The whole cluster, when a table was dropped for example: \`sudo -u postgres wal-drops\` says when. Stop Patroni on every other
data host, then run this on the one that led last; it ends with what is to be done on the others:

    sudo -u postgres restore-cluster --time '2026-11-26 14:03:05.123455+00'

postgres may stop and start Patroni by a rule in /etc/sudoers.d/patroni, and nothing else.
`

const title = ({ info, plan }: ExportSource): string =>
  `# ${info.lab}\n\n${plan.topology.summary}. Taken home from a lab of pg-ha-dojo (topology ${info.topology}).`

const data = ({ plan }: ExportSource): string[] => hostsWith(plan.topology, 'patroni')
const first = (source: ExportSource): string => data(source)[0]!
const second = (source: ExportSource): string => data(source)[1] ?? first(source)

const switchover = (source: ExportSource, before: string): string =>
  data(source).length < 2
    ? ''
    : `
On purpose, without losing a write:

    ${before} patronictl -c /etc/patroni/patroni.yml switchover --leader ${first(source)} --candidate ${second(source)} --force
`.replace('     patronictl', '    patronictl')

const health = (command: string): string => `
## What is wrong?

\`${command}\` on a data host says what is wrong per host and subsystem; where that script is not at hand,
\`patronictl list\`, \`etcdctl endpoint health --cluster\` and \`pgbackrest --stanza=${stanza} check\` are the three to ask.
`

const hostsTable = ({ info }: ExportSource): string =>
  info.hosts.map(({ name, address, services }) => `      ${address}  ${name}    # ${services.join(', ')}`).join('\n')

const packages = ({ plan: { topology } }: ExportSource): string =>
  [...new Set(Object.keys(topology.hosts).flatMap((host) => packagesOf(topology, host)))].join(' ')
