import type { FaultTarget } from './fault.js'

/** What faults about standbys ask of the whole cluster, past every proxy and never through etcd. */
const isData = ({ services }: FaultTarget['hosts'][number]): boolean => services.includes('patroni')

/** The data host whose PostgreSQL is no standby; null when none answers so. */
export async function primaryOf({ hosts, sql }: FaultTarget): Promise<string | null> {
  const asked = hosts.filter(isData).map(async ({ name }) => {
    const rows = await sql(name, 'select pg_is_in_recovery() as standby').catch(() => [])
    return rows[0]?.['standby'] === false ? name : null
  })
  return (await Promise.all(asked)).find((name) => name !== null) ?? null
}

/** Names of the standbys that stream from the primary now. @throws when no primary answers */
export async function streamingStandbys(context: FaultTarget): Promise<string[]> {
  const primary = await primaryOf(context)
  if (primary === null) throw new Error('no primary answers')
  const rows = await context.sql(primary, "select application_name from pg_stat_replication where state = 'streaming'")
  return rows.map((row) => String(row['application_name']))
}
