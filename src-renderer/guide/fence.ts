export interface RunBlock {
  /** null: the client's write route (psql only). */
  host: string | null
  kind: 'shell' | 'root' | 'psql'
  text: string
}

/**
 * Reads a fence's info string: ```sh run on=pg1 runs in that host's shell, ```sh run on=pg1 as=root in root's,
 * ```sql run in psql on the client's write route, or on a host with on=. Null: a block to read, not to run.
 */
export function runBlock(language: string | undefined, meta: string | undefined, text: string): RunBlock | null {
  const words = (meta ?? '').split(/\s+/).filter(Boolean)
  if (!words.includes('run')) return null
  const value = (key: string): string | undefined =>
    words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1)
  const on = value('on')
  const host = on === undefined || on === 'client' || on === 'psql' ? null : on
  const as = value('as')
  const kind = language === 'sql' || as === 'psql' || host === null ? 'psql' : as === 'root' ? 'root' : 'shell'
  return { host, kind, text: text.replace(/\n+$/, '') }
}

/** Where a block runs, in words. */
export const placeOf = ({ host, kind }: RunBlock): string => {
  if (kind === 'psql') return host ? `in psql on ${host}` : 'in psql, client route'
  return kind === 'root' ? `as root on ${host}` : `on ${host}`
}
