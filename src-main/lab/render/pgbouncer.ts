import type { HostFile } from '../../docker/archive.js'
import { hostTls, serverTls } from '../certificates.js'
import { firstLeaderOf, hostsWith, isTls, type LabPlan } from '../plan.js'

const { cert, key } = serverTls('pgbouncer')
/** Unlike a proxy, a pool reads what clients say: it has a certificate of its own, and is a client itself. */
const tls = `client_tls_sslmode = require
client_tls_cert_file = ${cert}
client_tls_key_file = ${key}
server_tls_sslmode = verify-full
server_tls_ca_file = ${hostTls.ca}
`

/** A pool in front of the proxy, or of the first database host where a topology has no proxy. */
export function renderPgbouncer(plan: LabPlan, host: string): HostFile[] {
  const {
    topology,
    credentials: { app },
  } = plan
  const all = hostsWith(topology, 'haproxy')
  const proxies = all.includes(host) ? ['127.0.0.1'] : all // of several each gets its share, and that of one that is gone
  const target =
    proxies.length > 0 ? `host=${proxies.join(',')} port=5000` : `host=${firstLeaderOf(topology)} port=5432`
  const content = `; Rendered from the lab's topology.
[databases]
* = ${target}

[pgbouncer]
listen_addr = *
listen_port = 6432
unix_socket_dir = /run/pgbouncer
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
admin_users = ${app.username}
pool_mode = transaction
max_client_conn = 500
default_pool_size = 20
; a failed login is tried again after this many seconds; the default (15) would outlast a failover
server_login_retry = 1
; a proxy whose host is gone does not answer at all; the default (15) would outlast a failover too
server_connect_timeout = 2
ignore_startup_parameters = extra_float_digits
${isTls(plan) ? tls : ''}`
  return [
    { path: '/etc/pgbouncer/pgbouncer.ini', content, owner: 'postgres', mode: 0o640 },
    {
      path: '/etc/pgbouncer/userlist.txt',
      content: `"${app.username}" "${app.password}"\n`,
      owner: 'postgres',
      mode: 0o600,
    },
  ]
}
