import type { Endpoint } from '../contract/lab.js'
import { query, type Login } from '../cluster/postgres.js'
import type { Range } from './ranges.js'

/**
 * The probe keeps out of the learner's tables: a schema of its own. `settled` stands for rows that were found on every data
 * host and then removed from `writes`; it is written in the transaction that removes them, so that whatever history a
 * server has, it has either the rows or the mark.
 */
export const createSql = `
create schema if not exists dojo;
create table if not exists dojo.writes (
  run bigint not null, id bigint not null, at timestamptz not null default clock_timestamp(), primary key (run, id));
create table if not exists dojo.settled (run bigint primary key, ids int8multirange not null)`

export const insertSql = 'insert into dojo.writes (run, id) values ($1, $2)'

/** The newest write of a run that this server shows; 0 when it shows none. */
export const newestSql = 'select coalesce(max(id), 0)::int as newest from dojo.writes where run = $1'

const standingSql = `
select pg_is_in_recovery() as recovery, host(inet_server_addr()) as address,
  case when pg_is_in_recovery() then (select max(received_tli) from pg_stat_wal_receiver)
    else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end as timeline`

const rowsSql = `
select run, min(id) as since, max(id) as upto
from (select run, id, id - row_number() over (partition by run order by id) as island
  from dojo.writes where run = any($1::bigint[])) as numbered
group by run, island order by run, since`

const settledSql = `
select run, lower(part) as since, upper(part) - 1 as upto
from dojo.settled, unnest(ids) as part where run = any($1::bigint[]) order by run, since`

export interface Holdings {
  recovery: boolean
  timeline: number | null
  address: string | null
  /** By run: the rows, and those that a mark stands for. */
  held: Map<number, Range[]>
  /** By run: the rows alone. */
  rows: Map<number, Range[]>
}

const timeoutMs = 10_000
/** A host that can't say who it is within this is away. */
const answersWithinMs = 3_000

/**
 * What one server has of these runs.
 * @throws what pg throws when the server does not answer. A table that is not there holds nothing.
 */
export async function holdingsAt(endpoint: Endpoint, login: Login, runs: readonly number[]): Promise<Holdings> {
  const ranges = async (sql: string): Promise<Map<number, Range[]>> => {
    const found = new Map<number, Range[]>()
    for (const row of await rowsOrNone(endpoint, login, sql, [runs])) {
      const run = Number(row['run'])
      found.set(run, [...(found.get(run) ?? []), [Number(row['since']), Number(row['upto'])]])
    }
    return found
  }
  const [standing] = await query(endpoint, login, standingSql, { timeoutMs: answersWithinMs })
  const { recovery, timeline, address } = standing as Pick<Holdings, 'recovery' | 'timeline' | 'address'>
  // rows before marks: what is settled between the two is then seen twice, and never not at all
  const rows = await ranges(rowsSql)
  const marks = await ranges(settledSql)
  const held = new Map([...new Set([...rows.keys(), ...marks.keys()])].map((run) => [run, merged(rows, marks, run)]))
  return { recovery, timeline, address, held, rows }
}

const merged = (a: Map<number, Range[]>, b: Map<number, Range[]>, run: number): Range[] => {
  const sorted = [...(a.get(run) ?? []), ...(b.get(run) ?? [])].toSorted(([one], [other]) => one - other)
  const joined: Range[] = []
  for (const [from, to] of sorted) {
    const last = joined.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}

async function rowsOrNone(endpoint: Endpoint, login: Login, sql: string, values: readonly unknown[]) {
  try {
    return await query(endpoint, login, sql, { timeoutMs, values })
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === '42P01' || code === '3F000') return []
    throw error
  }
}

const settleSql = `
with given as (select * from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as g(run, since, upto)),
  gone as (delete from dojo.writes w using given g where w.run = g.run and w.id between g.since and g.upto
    returning w.run, w.id)
insert into dojo.settled as s (run, ids)
  select run, range_agg(int8range(id, id, '[]')) from gone group by run
on conflict (run) do update set ids = s.ids + excluded.ids`

/** Removes rows that are where they ought to be, and leaves a mark of exactly what it removed, in one statement. */
export async function settleRows(
  endpoint: Endpoint,
  login: Login,
  rows: readonly { run: number; range: Range }[],
): Promise<void> {
  const values = [
    rows.map(({ run }) => run),
    rows.map(({ range: [from] }) => from),
    rows.map(({ range: [, to] }) => to),
  ]
  await query(endpoint, login, settleSql, { timeoutMs, values })
}
