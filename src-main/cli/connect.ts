import { join } from 'node:path'
import type { App } from '../api/app.js'
import { clientOver, connectOwner, type DojoClient } from '../api/local-client.js'
import { dojoHome } from '../util/home.js'
import { logFor, logTo } from '../util/log.js'

const log = logFor('cli')

/** What a command works with. */
export interface Dojo {
  client: DojoClient
  /** This process's own app; null when the client leads to the process that owns the labs. */
  app: App | null
}

/**
 * Runs a command against the process that owns the labs here (the window, `dojo serve`, a keeper), so that ledgers and
 * records have one writer; where none runs, in this process. `recovers`: make good first what a killed command left.
 */
export async function withDojo<T>(use: (dojo: Dojo) => Promise<T>, { recovers = false } = {}): Promise<T> {
  logTo(join(dojoHome(), 'logs', 'cli.log'))
  const owner = await connectOwner()
  if (owner) {
    try {
      return await use({ client: clientOver(owner), app: null })
    } finally {
      owner.close()
    }
  }
  // loaded only where it is needed: most of a command's time would go into it
  const [{ clientOf, createApp }, { recover }] = await Promise.all([import('../api/app.js'), import('../lab/labs.js')])
  const app = createApp({ kind: 'cli' })
  try {
    if (recovers)
      await recover(await app.home()).catch((err: unknown) => log.warn({ err }, 'nothing could be recovered'))
    return await use({ client: clientOf(app) as DojoClient, app })
  } finally {
    await app.close()
  }
}

/** The first value of a stream; the stream is ended. Streams of the contract send a snapshot first. */
export async function firstOf<T>(open: (signal: AbortSignal) => Promise<AsyncIterable<T>>): Promise<T> {
  const stop = new AbortController()
  try {
    for await (const value of await open(stop.signal)) return value
    throw new Error('the stream ended without a value')
  } finally {
    stop.abort()
  }
}
