/** How figures are written, everywhere alike: a number, a space, its unit. */

/** "0.4 s", "21.9 s", "72 s", "14 min", "3 h 05 min". */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** Whole seconds for what counts up on screen: "24 s", "2 min", "3 h 05 min". */
export function age(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  return seconds < 120 ? `${seconds} s` : duration(ms)
}

/** Planned time: "30 min", "12 h 55 min". */
export function minutes(total: number): string {
  if (total < 60) return `${total} min`
  const rest = total % 60
  return rest === 0 ? `${Math.floor(total / 60)} h` : `${Math.floor(total / 60)} h ${rest} min`
}

/** A clock that counts up: "00:12:31". */
export function clock(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** A moment within an attempt: "12:30.2", counted from its beginning; "1:02:30.2" after an hour. */
export function moment(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100)
  const seconds = (tenths / 10) % 60
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(tenths / 36_000)
  const head = hours > 0 ? `${hours}:` : ''
  return `${head}${two(Math.floor(tenths / 600) % 60)}:${seconds.toFixed(1).padStart(4, '0')}`
}

/** A time of day on this machine's clock: "14:05:09". */
export const timeOfDay = (epochMs: number): string => new Date(epochMs).toLocaleTimeString('en-GB')

/** Binary units for memory: "165 MiB", "24 GiB". */
export function memory(bytes: number): string {
  const gib = bytes / 2 ** 30
  if (gib >= 10) return `${Math.round(gib)} GiB`
  if (gib >= 1) return `${gib.toFixed(1)} GiB`
  return `${Math.round(bytes / 2 ** 20)} MiB`
}

/** Decimal units for what lies on disk: "365 MB", "1.2 GB". */
export function disk(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`
  return `${Math.round(bytes / 1e3)} kB`
}

/** "1 host", "5 hosts". */
export const count = (n: number, noun: string, plural = `${noun}s`): string => `${n} ${n === 1 ? noun : plural}`

/** The number of small things as a word, for prose: "Five hosts". */
export const numberWord = (n: number): string =>
  ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'][n] ?? String(n)
