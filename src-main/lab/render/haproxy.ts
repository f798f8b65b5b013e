import type { HostFile } from '../../docker/archive.js'
import { hostTls, serverTls } from '../certificates.js'
import { hostsWith, isTls, type LabPlan } from '../plan.js'

/** How the write route finds out who may be written to; Patroni answers. Also what an outage's routing is compared with. */
export const writeChecks = { interMs: 500, fastMs: 200, downMs: 200, timeoutMs: 1000, fall: 2, rise: 1 }

/** Who reads the statistics sees the whole cluster: with a certificate of the lab only. */
const statsTls = ` ssl crt ${serverTls('haproxy').cert} ca-file ${hostTls.ca} verify required`

/**
 * Two addresses, one that may be written to and one for reading; Patroni's REST API says who belongs to which.
 * A client's TLS goes through to PostgreSQL, which alone has the key. `retries 0` and cutting the sessions of a server that went down shortened outages most when that was measured.
 */
export function renderHaproxy(plan: LabPlan): HostFile[] {
  const databases = hostsWith(plan.topology, 'patroni')
  const tls = isTls(plan)
  const checked = (host: string): string =>
    tls ? ` check-ssl check-sni ${host} verify required verifyhost ${host} ca-file ${hostTls.ca}` : ''
  const servers = databases.map((host) => `  server ${host} ${host}:5432 check port 8008${checked(host)}\n`).join('')
  const { interMs, fastMs, downMs, timeoutMs, fall, rise } = writeChecks
  const content = `# Rendered from the lab's topology.
global
  maxconn 1000
  log stdout format raw local0 info
${tls ? '  ssl-load-extra-del-ext # the key of server.crt is server.key\n' : ''}
defaults
  mode tcp
  log global
  retries 0
  timeout connect 1s
  timeout check ${timeoutMs}ms
  timeout client 30m
  timeout server 30m

listen write
  bind :5000
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter ${interMs}ms fastinter ${fastMs}ms downinter ${downMs}ms fall ${fall} rise ${rise} on-marked-down shutdown-sessions
${servers}
listen read
  bind :5001
  balance roundrobin
  option httpchk OPTIONS /replica
  http-check expect status 200
  default-server inter 1s fastinter 200ms downinter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${servers}
frontend stats
  bind :7000${tls ? statsTls : ''}
  mode http
  timeout client 10s
  http-request use-service prometheus-exporter if { path /metrics }
  stats enable
  stats uri /
  stats refresh 2s
`
  return [{ path: '/etc/haproxy/haproxy.cfg', content, owner: 'root', mode: 0o644 }]
}
