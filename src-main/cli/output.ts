import type { LabState } from '../contract/lab.js'

/** Columns aligned to their widest cell; no trailing spaces. A head row is told from the others by capitals. */
export function table(rows: readonly (readonly string[])[], head?: readonly string[]): string {
  const all = head ? [head.map((cell) => cell.toUpperCase()), ...rows] : rows
  const widths: number[] = []
  for (const row of all) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export const bytes = (n: number): string => {
  if (n < 1024) return `${n} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length, Math.floor(Math.log2(n) / 10))
  return `${(n / 1024 ** power).toFixed(1)} ${units[power - 1]}`
}

/** How long ago a moment (epoch ms) was, in the largest unit that says something. */
export function ago(at: number, now = Date.now()): string {
  const s = Math.max(0, Math.round((now - at) / 1000))
  if (s < 60) return `${s} s ago`
  if (s < 3600) return `${Math.round(s / 60)} min ago`
  if (s < 172_800) return `${Math.round(s / 3600)} h ago`
  return `${Math.round(s / 86_400)} days ago`
}

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** The same lines, each behind the same space. */
export const indent = (text: string, by = '  '): string => text.replaceAll(/^(?=.)/gm, by)

/** A lab's state for people: that it once got healthy says nothing of how its cluster is now; `dojo health` does. */
export const stateWord = (state: LabState): string => (state === 'healthy' ? 'running' : state)
