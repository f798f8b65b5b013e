import type { LabHandle } from '../lab/handle.js'
import { hostsWith } from '../lab/plan.js'

/** The primary, as it says itself by its local socket. */
export interface Production {
  host: string
  systemId: string
  timeline: number
  /** Whether what it writes gets into the archive: the last attempt did. */
  archives: boolean
}

const question = `select pg_is_in_recovery(), (select system_identifier from pg_control_system()),
  case when pg_is_in_recovery() then 0
    else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end,
  current_setting('archive_mode') = 'on' and current_setting('archive_command') not in ('', '(disabled)')
    and not coalesce((select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver), false)`

/**
 * Who takes writes now, by SQL and not by the DCS; null when nobody does, or when two do: then nothing may be concluded.
 */
export async function findProduction(handle: LabHandle, signal?: AbortSignal): Promise<Production | null> {
  const hosts = hostsWith(handle.info.spec, 'patroni')
  const found = await Promise.all(
    hosts.map(async (host): Promise<Production[]> => {
      try {
        const argv = ['psql', '-XAtq', '-F', '\t', '-d', 'postgres', '-c', question]
        const { code, stdout } = await handle.exec(host, argv, { timeoutMs: 5_000, ...(signal && { signal }) })
        const [inRecovery, systemId = '', timeline, archives] = stdout.trim().split('\t')
        if (code !== 0 || inRecovery !== 'f') return []
        return [{ host, systemId, timeline: Number(timeline), archives: archives === 't' }]
      } catch {
        signal?.throwIfAborted()
        return [] // down, or frozen: it takes no writes that this could know of
      }
    }),
  )
  const [only, ...more] = found.flat()
  return only && more.length === 0 ? only : null
}
