import pg from 'pg'
import type { Endpoint, WriteEndpoint } from '../contract/lab.js'
import { tlsOf } from '../util/tls.js'

export interface Login {
  username: string
  password: string
  /** Default: postgres. */
  database?: string
}

export interface QueryOptions {
  /** Limit for connecting, and again for the statement; also set as statement_timeout on the server. */
  timeoutMs: number
  values?: readonly unknown[]
  /** On a kept connection: prepared under this name, so that a statement that is asked again and again is planned once. */
  name?: string
}

export type Row = Record<string, unknown>

function newClient(endpoint: Endpoint, login: Login, timeoutMs: number): pg.Client {
  const client = new pg.Client({
    host: endpoint.host,
    port: endpoint.port,
    ssl: tlsOf(endpoint) ?? false,
    user: login.username,
    password: login.password,
    database: login.database ?? 'postgres',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
    application_name: 'dojo',
    keepAlive: true,
  })
  // a broken connection reports itself here as well as to the query that waits; without a listener it ends the process
  client.on('error', () => undefined)
  return client
}

/** Ends a connection at once: `end()` would wait for the answer of a frozen server. */
function drop(client: pg.Client): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}

/** What libpq asks for target_session_attrs=read-write. */
export async function takesWrites(client: pg.Client, timeoutMs: number): Promise<boolean> {
  const asked = { text: 'show transaction_read_only', query_timeout: timeoutMs }
  const { rows } = await client.query<{ transaction_read_only: string }>(asked)
  return rows[0]?.transaction_read_only === 'off'
}

/** Connects; where several servers are given, to the first that takes writes, as libpq does with a list of hosts. */
async function connect({ others, ...first }: WriteEndpoint, login: Login, timeoutMs: number): Promise<pg.Client> {
  let refused: unknown
  for (const endpoint of [first, ...(others ?? [])]) {
    const client = newClient(endpoint, login, timeoutMs)
    try {
      await client.connect()
      if (!others || (await takesWrites(client, timeoutMs))) return client
      refused ??= new Error('no server takes writes')
    } catch (error) {
      refused = error
    }
    drop(client)
  }
  throw refused
}

/**
 * One statement over a connection of its own, for questions that are asked now and then. Rows as pg parses them.
 * @throws what pg throws: connection refused, authentication, SQL errors (`code` is the SQLSTATE)
 */
export async function query(endpoint: WriteEndpoint, login: Login, sql: string, options: QueryOptions): Promise<Row[]> {
  const client = await connect(endpoint, login, options.timeoutMs)
  try {
    const { rows } = await client.query<Row>(sql, options.values ? [...options.values] : undefined)
    return rows
  } finally {
    drop(client)
  }
}

export interface KeptConnection {
  /** Connects when there is no connection; drops it when a statement fails without an answer from the server. */
  query(sql: string, options: QueryOptions): Promise<Row[]>
  close(): void
}

/** One connection per host that is kept between statements and made anew when it broke. One statement at a time. */
export function keepConnection(endpoint: WriteEndpoint, login: Login): KeptConnection {
  let client: pg.Client | null = null
  const forget = (): void => {
    if (client) drop(client)
    client = null
  }
  return {
    async query(sql, { timeoutMs, values, name }) {
      try {
        if (!client) {
          const made = await connect(endpoint, login, timeoutMs)
          made.on('end', () => {
            if (client === made) client = null
          })
          client = made
        }
        const asked = { text: sql, ...(values ? { values: [...values] } : {}), ...(name ? { name } : {}) }
        const { rows } = await client.query<Row>(asked)
        return rows
      } catch (error) {
        // class 57P is "going away"; any other answer of the server leaves the connection usable
        if (!(error instanceof pg.DatabaseError) || error.code?.startsWith('57P')) forget()
        throw error
      }
    },
    close: forget,
  }
}
