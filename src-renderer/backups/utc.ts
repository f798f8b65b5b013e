/** Moments of backups and recovery are UTC everywhere, as in every log of a lab: "14:05:09", "2026-11-26 14:05:09". */
export const utcClock = (at: number): string => new Date(at).toISOString().slice(11, 19)
export const utcMoment = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')
