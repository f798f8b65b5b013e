/** Figures and words of the picture. Its type is JetBrains Mono, so widths follow from the number of letters. */

const advance = 0.6

/** Width in pixels of a text in the picture's type. */
export const widthOf = (text: string, size = 11): number => text.length * size * advance

/** The text, or as much of it as fits with "…" at its end. */
export function fitted(text: string, width: number, size = 11): string {
  const most = Math.floor(width / (size * advance) + 0.01)
  if (text.length <= most) return text
  return most <= 1 ? '' : `${text.slice(0, most - 1).trimEnd()}…`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** A moment counted from the attempt's begin: "12:07.0", "1:02:07.0" after an hour, "-0:03.2" before it. */
export function momentText(ms: number, decimals = 1): string {
  const unit = 10 ** decimals
  const total = Math.floor((Math.abs(ms) * unit) / 1000 + 1e-6)
  const sign = ms < 0 && total > 0 ? '-' : ''
  const seconds = (total / unit) % 60
  const minutes = Math.floor(total / unit / 60) % 60
  const hours = Math.floor(total / unit / 3600)
  const tail = decimals > 0 ? seconds.toFixed(decimals).padStart(3 + decimals, '0') : two(Math.floor(seconds))
  return `${sign}${hours > 0 ? `${hours}:${two(minutes)}` : two(minutes)}:${tail}`
}

/** "21.9 s", or "2 min 03 s" from two minutes on. */
export function secondsText(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${two(Math.floor(seconds % 60))} s`
}

/** How far off a time may be, in the unit that is read without counting digits: "480 ms", "1.2 s". */
export const withinText = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : secondsText(ms / 1000))

/** Counting figures, in whole units: "24 s", "5 min", "2 h 04 min". */
export function agoText(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** "0 B", "8 kB", "3.2 MB". */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} kB`
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`
}

/** "0.3 s", or "4 ms" below a tenth of a second. */
export const lagText = (ms: number): string => (ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
