import type { PatroniReading } from '../contract/cluster.js'
import type { Endpoint } from '../contract/lab.js'
import { askHttp } from '../util/http.js'
import { clusterBody, historyBody, patroniBody, type ClusterBody } from './patroni-names.js'
import { httpGet } from './http-get.js'
import { reading, type Reading } from './reading.js'

const defaultTimeoutMs = 900
/** A change asks etcd twice. */
const changeTimeoutMs = 5_000

type Login = { username: string; password: string }

export interface PatroniClient {
  /** GET /patroni: what this member says of itself. */
  status(timeoutMs?: number): Promise<Reading<PatroniReading>>
  /** GET /cluster: what this member believes of all; an isolated one goes on naming itself. Never trust one node's view. */
  cluster(timeoutMs?: number): Promise<Reading<ClusterBody>>
  /** GET /history: rows [timeline, lsn, reason, timestamp, new leader]; the last two may be missing. */
  history(timeoutMs?: number): Promise<Reading<unknown[][]>>
  /** GET /config: the dynamic configuration. */
  config(timeoutMs?: number): Promise<Reading<Record<string, unknown>>>
  /** PATCH /config: merges into it, null takes a key out. The whole as it is stored then. */
  patchConfig(
    patch: Record<string, unknown>,
    login: Login,
    timeoutMs?: number,
  ): Promise<Reading<Record<string, unknown>>>
  /** Any GET: status code and body, parsed when it is JSON. For health routes, 200 or 503. */
  get(path: string, timeoutMs?: number): Promise<Reading<{ status: number; body: unknown }>>
}

/** Patroni's REST API of one host. Never throws: a reading says why there is none. */
export function patroniClient(endpoint: Endpoint): PatroniClient {
  const get = (path: string, timeoutMs = defaultTimeoutMs): Promise<Reading<{ status: number; body: unknown }>> =>
    reading(async () => {
      const { status, text } = await httpGet(endpoint, path, timeoutMs)
      return { status, body: parsed(text) }
    })
  const typed = async <T>(path: string, parse: (body: unknown) => T, timeoutMs?: number): Promise<Reading<T>> => {
    const answer = await get(path, timeoutMs)
    if (!answer.ok) return answer
    try {
      return { ...answer, value: parse(answer.value.body) }
    } catch {
      return { ok: false, why: `GET ${path} answered ${answer.value.status} with something unexpected` }
    }
  }
  return {
    status: (timeoutMs) => typed('/patroni', patroniReadingOf, timeoutMs),
    cluster: (timeoutMs) => typed('/cluster', (body) => clusterBody.parse(body), timeoutMs),
    history: (timeoutMs) => typed('/history', (body) => historyBody.parse(body), timeoutMs),
    config: (timeoutMs) => typed('/config', (body) => body as Record<string, unknown>, timeoutMs),
    patchConfig: (patch, { username, password }, timeoutMs = changeTimeoutMs) =>
      reading(async () => {
        const { status, text } = await askHttp(endpoint, '/config', {
          method: 'PATCH',
          headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
          body: JSON.stringify(patch),
          signal: AbortSignal.timeout(timeoutMs),
        })
        if (status === 409) throw new Error('PATCH /config: the configuration was changed by somebody else meanwhile')
        if (status >= 300) throw new Error(`PATCH /config answered ${status}`)
        return parsed(text) as Record<string, unknown>
      }),
    get,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** GET /patroni's body as the contract has it. Throws when it is something else. */
export function patroniReadingOf(body: unknown): PatroniReading {
  const said = patroniBody.parse(body)
  return {
    state: said.state,
    role: said.role,
    pendingRestart: said.pending_restart ?? false,
    paused: said.pause ?? false,
    clusterUnlocked: said.cluster_unlocked ?? false,
    syncStandby: (said.sync_standby ?? false) || (said.quorum_standby ?? false),
    ...(said.timeline === undefined ? {} : { timeline: said.timeline }),
    ...(said.replication_state === undefined ? {} : { replicationState: said.replication_state }),
    ...(said.server_version === undefined ? {} : { serverVersion: said.server_version }),
    ...(said.patroni?.version === undefined ? {} : { patroniVersion: said.patroni.version }),
    ...(said.database_system_identifier === undefined ? {} : { systemIdentifier: said.database_system_identifier }),
  }
}
