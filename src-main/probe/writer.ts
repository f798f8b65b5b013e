import pg from 'pg'
import type { Endpoint } from '../contract/lab.js'
import type { Login } from '../cluster/postgres.js'
import { whyOf } from '../cluster/reading.js'
import { appClock } from '../util/clock.js'

/** acknowledged: the commit came back. failed: the server said no. unknown: sent, and nobody can say. */
export type WriteOutcome = { outcome: 'acknowledged' | 'failed' | 'unknown'; why?: string; code?: string }

export const writeLimitMs = 2000
const reconnectMs = 200
const connectLimitMs = 2000

/**
 * One kept connection of the client. It is either connecting, idle, or waiting for exactly one write; a connection whose
 * write went unanswered is thrown away, since its answer could come late and be taken for another's.
 */
export class Writer {
  #client: pg.Client | null = null
  #busySince: number | null = null
  #notReplicated = false
  #closed = false
  #retry: NodeJS.Timeout | undefined
  lastError: string | undefined
  readonly #make: () => pg.Client

  constructor({ host, port }: Endpoint, login: Login) {
    this.#make = () =>
      new pg.Client({
        host,
        port,
        user: login.username,
        password: login.password,
        database: login.database,
        connectionTimeoutMillis: connectLimitMs,
        application_name: 'dojo-probe',
        keepAlive: true,
      })
  }

  get idle(): boolean {
    return this.#client !== null && this.#busySince === null
  }

  /** How long the present write has been waiting, in ms; 0 when there is none. */
  waitingMs(now: number): number {
    return this.#busySince === null ? 0 : now - this.#busySince
  }

  /** Connects, and goes on trying every 200 ms for as long as the writer lives. */
  connect(): void {
    if (this.#closed) return
    const client = this.#make()
    let over = false
    const lost = (error?: Error): void => {
      if (over) return
      over = true
      if (error) this.lastError = whyOf(error)
      dropConnection(client)
      if (this.#client === client) this.#client = null
      if (!this.#closed) this.#retry = setTimeout(() => this.connect(), reconnectMs)
    }
    client.on('error', lost).on('end', () => lost())
    // PostgreSQL acknowledges a commit whose wait for the standby was cut short, and adds a warning: not a true commit
    client.on('notice', ({ routine }) => {
      if (routine === 'SyncRepWaitForLSN') this.#notReplicated = true
    })
    client.connect().then(
      () => {
        if (over || this.#closed) return lost()
        this.#client = client
      },
      (error: Error) => lost(error),
    )
  }

  /** Sends one write. Only when `idle`. Never rejects. */
  async write(text: string, values: readonly unknown[]): Promise<WriteOutcome> {
    const client = this.#client
    if (!client) return { outcome: 'failed', why: 'not connected' }
    this.#busySince = appClock.now()
    this.#notReplicated = false
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<WriteOutcome>((resolve) => {
      const giveUp = (): void => resolve({ outcome: 'unknown', why: 'no answer within 2 s' })
      // timers go first when this process was held up: an answer that has come meanwhile is read before giving up
      timer = setTimeout(() => (timer = setTimeout(giveUp, 25)), writeLimitMs)
    })
    const sent = client
      .query(text, [...values])
      .then(
        (): WriteOutcome =>
          this.#notReplicated
            ? { outcome: 'unknown', why: 'committed, but not replicated' }
            : { outcome: 'acknowledged' },
        outcomeOf,
      )
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
export function outcomeOf(error: unknown): WriteOutcome {
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
