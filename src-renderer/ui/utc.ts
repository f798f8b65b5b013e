/** Moments of backups and recovery are UTC everywhere, as in every log of a lab: "14:05:09", "2026-11-26 14:05:09". */
export const utcClock = (at: number): string => new Date(at).toISOString().slice(11, 19)
export const utcMoment = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/** A target's moment for the picture; null while it is none. Who knows for certain is asked when the steps are shown. */
export function momentOf(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\d*(Z|[+-]\d{2}(?::?\d{2})?)?$/.exec(
    text.trim(),
  )
  if (!match) return null
  const zone = match[3] === undefined ? 'Z' : match[3].length === 3 ? `${match[3]}:00` : match[3]
  const at = Date.parse(`${match[1]}T${match[2]}${zone}`)
  return Number.isNaN(at) ? null : at
}
