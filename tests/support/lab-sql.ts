import { query, type Row } from '../../src-main/cluster/postgres.js'
import type { WriteEndpoint } from '../../src-main/contract/lab.js'
import type { LabHandle } from '../../src-main/lab/handle.js'

/** Asks one question and hangs up. */
export async function ask<Answer extends object = Row>(
  endpoint: WriteEndpoint,
  { user, ...login }: { user: string; password: string; database: string },
  sql: string,
): Promise<Answer[]> {
  return (await query(endpoint, { username: user, ...login }, sql, { timeoutMs: 20_000 })) as Answer[]
}

/** Asks as the application does, by the client's write route. */
export async function askAsClient<Answer extends object>(handle: LabHandle, sql: string): Promise<Answer[]> {
  const { app } = await handle.credentials()
  const login = { user: app.username, password: app.password, database: app.database }
  return ask<Answer>(handle.info.client.readWrite, login, sql)
}

/** Asks as the superuser, by the client's write route. */
export async function askAsSuperuser<Answer extends object>(handle: LabHandle, sql: string): Promise<Answer[]> {
  const { superuser } = await handle.credentials()
  const login = { user: superuser.username, password: superuser.password, database: 'postgres' }
  return ask<Answer>(handle.info.client.readWrite, login, sql)
}
