import pg from 'pg'
import { takesWrites, type Login, type Row } from '../cluster/postgres.js'
import { whyOf } from '../cluster/reading.js'
import type { Route, RouteTarget } from './routes.js'
import { appClock } from '../util/clock.js'
import { tlsOf } from '../util/tls.js'

/** acknowledged: the commit came back. failed: the server said no. unknown: sent, and nobody can say. */
export type Outcome = { outcome: 'acknowledged' | 'failed' | 'unknown'; why?: string; code?: string; row?: Row }

export const answerLimitMs = 2000
const reconnectMs = 200
const connectLimitMs = 2000

/**
 * One kept connection of the client. It is either connecting, idle, or waiting for exactly one answer; a connection whose
 * statement went unanswered is thrown away, since its answer could come late and be taken for another's.
 */
export class Sender {
  #client: pg.Client | null = null
  #busySince: number | null = null
  #notReplicated = false
  #closed = false
  #retry: NodeJS.Timeout | undefined
  lastError: string | undefined
  /** When the present connection was made, in epoch ms. */
  connectedAt = 0
  readonly #route: Route
  readonly #login: Login

  constructor(route: Route, login: Login) {
    this.#route = route
    this.#login = login
  }

  get idle(): boolean {
    return this.#client !== null && this.#busySince === null
  }

  get busy(): boolean {
    return this.#busySince !== null
  }

  /** How long the present statement has been waiting, in ms; 0 when there is none. */
  waitingMs(now: number): number {
    return this.#busySince === null ? 0 : now - this.#busySince
  }

  /** Connects, and goes on trying every 200 ms for as long as the sender lives. */
  connect(): void {
    if (this.#closed) return
    this.#open().catch((error: unknown) => {
      this.lastError = whyOf(error)
      this.#again()
    })
  }

  #again(): void {
    if (!this.#closed) this.#retry = setTimeout(() => this.connect(), reconnectMs)
  }

  /** Tries the targets of the route one after another, as libpq does with a list of hosts. */
  async #open(): Promise<void> {
    let refused: unknown
    for (const target of this.#route.targets) {
      try {
        return await this.#openOne(target)
      } catch (error) {
        refused = error
      }
    }
    throw refused
  }

  async #openOne({ host, endpoint }: RouteTarget): Promise<void> {
    const client = new pg.Client({
      host: endpoint.host,
      port: endpoint.port,
      ssl: tlsOf(endpoint) ?? false,
      user: this.#login.username,
      password: this.#login.password,
      database: this.#login.database,
      connectionTimeoutMillis: connectLimitMs,
      application_name: 'dojo-probe',
      keepAlive: true,
    })
    let over = false
    const lost = (error?: Error): void => {
      if (over) return
      over = true
      if (error) this.lastError = whyOf(error)
      dropConnection(client)
      if (this.#client === client) this.#client = null
      if (opened) this.#again()
    }
    let opened = false
    client.on('error', lost).on('end', () => lost())
    // PostgreSQL acknowledges a commit whose wait for the standby was cut short, and adds a warning: not a true commit
    client.on('notice', ({ routine }) => {
      if (routine === 'SyncRepWaitForLSN') this.#notReplicated = true
    })
    try {
      await client.connect()
      if (this.#route.readWrite && !(await takesWrites(client, connectLimitMs)))
        throw new Error(`${host} takes no writes`)
      if (over || this.#closed) throw new Error('connection reset')
    } catch (error) {
      over = true
      dropConnection(client)
      throw error
    }
    opened = true
    this.#client = client
    this.connectedAt = appClock.now()
  }

  /** Sends one statement. Only when `idle`. Never rejects. */
  async send(text: string, values: readonly unknown[]): Promise<Outcome> {
    const client = this.#client
    if (!client) return { outcome: 'failed', why: 'not connected' }
    this.#busySince = appClock.now()
    this.#notReplicated = false
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Outcome>((resolve) => {
      const giveUp = (): void => resolve({ outcome: 'unknown', why: 'no answer within 2 s' })
      // timers go first when this process was held up: an answer that has come meanwhile is read before giving up
      timer = setTimeout(() => (timer = setTimeout(giveUp, 25)), answerLimitMs)
    })
    const sent = client.query<Row>(text, [...values]).then((result): Outcome => {
      if (this.#notReplicated) return { outcome: 'unknown', why: 'committed, but not replicated' }
      // several statements in one text have a result each
      const row = [result].flat().at(-1)?.rows[0]
      return { outcome: 'acknowledged', ...(row ? { row } : {}) }
    }, outcomeOf)
    const result = await Promise.race([sent, late])
    clearTimeout(timer)
    this.#busySince = null
    if (result.why) this.lastError = result.why
    // dropping it makes 'end' come, and that connects anew
    if (result.outcome === 'unknown') dropConnection(client)
    if (result.outcome === 'unknown' && this.#client === client) this.#client = null
    return result
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    if (this.#client) dropConnection(this.#client)
    this.#client = null
  }
}

/** What an error says about a write that was sent. An answer of the server is "no", unless the server is going away. */
export function outcomeOf(error: unknown): Outcome {
  const why = whyOf(error)
  if (!(error instanceof pg.DatabaseError)) return { outcome: 'unknown', why }
  // 57P: shutdown or crash, which can hit after the commit; 08 and XX: nobody knows how far it came
  const code = error.code ?? 'XX000'
  return { outcome: /^(57P|08|XX)/.test(code) ? 'unknown' : 'failed', why, code }
}

function dropConnection(client: pg.Client): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}
