import pg from 'pg'
import type { Endpoint } from '../../src-main/contract/lab.js'
import type { LabHandle } from '../../src-main/lab/handle.js'
import { tlsOf } from '../../src-main/util/tls.js'

/** Asks one question and hangs up. */
export async function ask<Row extends object>(
  endpoint: Endpoint,
  login: { user: string; password: string; database: string },
  sql: string,
): Promise<Row[]> {
  const { host, port } = endpoint
  const client = new pg.Client({ host, port, ssl: tlsOf(endpoint) ?? false, ...login, connectionTimeoutMillis: 3_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Asks as the application does, by the client's write route. */
export async function askAsClient<Row extends object>(handle: LabHandle, sql: string): Promise<Row[]> {
  const { app } = await handle.credentials()
  const login = { user: app.username, password: app.password, database: app.database }
  return ask<Row>(handle.info.client.readWrite, login, sql)
}

/** Asks as the superuser, by the client's write route. */
export async function askAsSuperuser<Row extends object>(handle: LabHandle, sql: string): Promise<Row[]> {
  const { superuser } = await handle.credentials()
  const login = { user: superuser.username, password: superuser.password, database: 'postgres' }
  return ask<Row>(handle.info.client.readWrite, login, sql)
}
