import type { Client } from 'pg'
import type { Credentials, Endpoint, WriteEndpoint } from '../contract/lab.js'
import { deadline } from '../util/deadline.js'
import { askHttp, type HttpAnswer } from '../util/http.js'
import { tlsOf } from '../util/tls.js'

const answerWithinMs = 1_500

/** The answer with its whole text, within one limit for both. */
async function get(endpoint: Endpoint, path: string, signal: AbortSignal): Promise<HttpAnswer> {
  const limit = deadline(answerWithinMs, signal)
  try {
    return await askHttp(endpoint, path, { signal: limit.signal })
  } finally {
    limit.clear()
  }
}

/** Whether an etcd member answers and sees a quorum. Source: GET /health, which reads through the quorum. */
export async function etcdHealthy(endpoint: Endpoint, signal: AbortSignal): Promise<boolean> {
  return (await get(endpoint, '/health', signal)).status === 200
}

/** What a member says of itself. Source: GET /patroni; its status says health, its body says why. */
export async function patroniSays(endpoint: Endpoint, signal: AbortSignal): Promise<{ role: string; state: string }> {
  const { text } = await get(endpoint, '/patroni', signal)
  const { role = 'unknown', state = 'unknown' } = JSON.parse(text) as { role?: string; state?: string }
  return { role, state }
}

/**
 * Makes Patroni look around now instead of at the end of its loop_wait: a change of its configuration that changes
 * nothing wakes it. Source: PATCH /config.
 */
export async function wakePatroni(
  endpoint: Endpoint,
  { username, password }: Credentials['patroniRest'],
  ttl: number,
): Promise<void> {
  await askHttp(endpoint, '/config', {
    method: 'PATCH',
    headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    body: JSON.stringify({ ttl }),
    signal: AbortSignal.timeout(answerWithinMs),
  })
}

export interface RouteReading {
  inRecovery: boolean
  /** Physical replication slots: a standby that has none yet is turned away. */
  slots: number
  streaming: number
  synchronous: number
}

type Login = { user: string; password: string; database: string }

/** A connection that is opened when it is needed, and anew whenever it broke: then to the next server, if there are others. */
function connection({ others = [], ...first }: WriteEndpoint, login: Login) {
  const servers = [first, ...others]
  let turn = 0
  let client: Client | undefined

  const drop = (broken: Client): void => {
    if (client === broken) client = undefined
    broken.end().catch(() => undefined)
  }
  const next = (): void => {
    turn++
    if (client) drop(client)
  }
  async function connected(): Promise<Client> {
    if (client) return client
    const { default: pg } = await import('pg')
    const server = servers[turn % servers.length]!
    const fresh = new pg.Client({
      host: server.host,
      port: server.port,
      ssl: tlsOf(server) ?? false,
      ...login,
      application_name: 'pg-ha-dojo boot',
      connectionTimeoutMillis: answerWithinMs,
      query_timeout: answerWithinMs,
    })
    fresh.on('error', () => drop(fresh)) // the server side went away between two questions
    try {
      await fresh.connect()
    } catch (error) {
      drop(fresh)
      turn++
      throw error
    }
    return (client = fresh)
  }
  return {
    async ask<Row extends object>(sql: string, values: unknown[] = []): Promise<Row> {
      const now = await connected()
      try {
        return (await now.query<Row>(sql, values)).rows[0]!
      } catch (error) {
        next()
        throw error
      }
    },
    next,
    close: () => client && drop(client),
  }
}

/** SQL by the client's route. `members`: the names under which standbys stream; a base backup streams too. */
export function clientRoute(endpoint: WriteEndpoint, { superuser, app }: Credentials, members: readonly string[]) {
  const observer = connection(endpoint, {
    user: superuser.username,
    password: superuser.password,
    database: 'postgres',
  })
  const client = connection(endpoint, { user: app.username, password: app.password, database: app.database })
  return {
    /** Whom the route leads to, and who streams from it. Source: pg_stat_replication, pg_replication_slots. */
    async read(): Promise<RouteReading> {
      const seen = await observer.ask<RouteReading>(
        `select pg_is_in_recovery() as "inRecovery",
           (select count(*) from pg_replication_slots where slot_type = 'physical')::int as slots,
           count(*) filter (where state = 'streaming')::int as streaming,
           count(*) filter (where state = 'streaming' and sync_state in ('sync', 'quorum'))::int as synchronous
         from pg_stat_replication where application_name = any($1)`,
        [members],
      )
      if (seen.inRecovery && endpoint.others) observer.next()
      return seen
    },
    /**
     * Commits a transaction as a client would: it writes WAL, waits for the synchronous standby, and leaves nothing in
     * the database. Source: pg_logical_emit_message.
     */
    write: (): Promise<object> => client.ask(`select pg_logical_emit_message(true, 'pg-ha-dojo', 'boot')`),
    close(): void {
      observer.close()
      client.close()
    },
  }
}
