import type { LabInfo } from '../contract/lab.js'
import { query, type Login } from '../cluster/postgres.js'
import type { Run } from './ledger.js'

/** The probe keeps out of the learner's tables: a schema of its own. */
export const createSql = `
create schema if not exists dojo;
create table if not exists dojo.writes (
  run bigint not null, id bigint not null, at timestamptz not null default clock_timestamp(), primary key (run, id))`

export const insertSql = 'insert into dojo.writes (run, id) values ($1, $2)'

/** One row per range of the ledger: how many of its writes are there. */
const countSql = `
select pg_is_in_recovery() as recovery, host(inet_server_addr()) as address,
  (select coalesce(sum(r.upto - r.since + 1 - (
      select count(*) from dojo.writes w where w.run = r.run and w.id between r.since and r.upto)), 0)
    from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as r(run, since, upto))::int as lost`

const missingSql = `
select r.run, i as id from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as r(run, since, upto),
  generate_series(r.since, r.upto) i
where not exists (select from dojo.writes w where w.run = r.run and w.id = i) order by 1, 2 limit 20`

export interface Verification {
  /** Acknowledged writes that the present primary does not have. */
  lost: number
  /** The first 20 of them. */
  examples: { run: number; id: number }[]
  /** The host that answered, by its address in the lab. */
  host: string
}

/**
 * Asks the present primary, by the client's write route, for every write that was acknowledged.
 * @throws when nobody answers there, or when the one who answers is no primary
 */
export async function verifyWrites(info: LabInfo, login: Login, runs: readonly Run[]): Promise<Verification> {
  const ranges = runs.flatMap(({ run, acked }) => acked.map(([from, to]) => ({ run, from, to })))
  const values = [ranges.map(({ run }) => run), ranges.map(({ from }) => from), ranges.map(({ to }) => to)]
  const options = { timeoutMs: 10_000, values }
  const [row] = await query(info.client.readWrite, login, countSql, options)
  const { recovery, address, lost } = row as { recovery: boolean; address: string | null; lost: number }
  const host = info.hosts.find((one) => one.address === address)?.name ?? address ?? 'unknown'
  if (recovery) throw new Error(`the write route leads to ${host}, which is a standby`)
  if (lost === 0) return { lost, examples: [], host }
  const missing = await query(info.client.readWrite, login, missingSql, options)
  return { lost, host, examples: missing.map(({ run, id }) => ({ run: Number(run), id: Number(id) })) }
}
