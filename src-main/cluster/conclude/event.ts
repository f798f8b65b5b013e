import type { EventKind, LabEvent } from '../../contract/record.js'

type Extra = { host?: string | null; u?: number | undefined; data?: Record<string, unknown> }

/** An event record; leaves out what is not known. */
export function event(t: number, kind: EventKind, source: string, text: string, extra: Extra = {}): LabEvent {
  const { host, u, data = {} } = extra
  return { t, ...(u ? { u: Math.round(u) } : {}), k: 'event', kind, ...(host ? { host } : {}), text, data, source }
}
