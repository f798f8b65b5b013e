/** One line of the table: a figure of ours, what it is compared with, and what it should be. */
export interface Row {
  what: string
  ours: string
  /** What it stands beside, with its own figure; empty where there is nothing to compare with. */
  against?: string
  /** The ratio, or the figure that the target is about. */
  value?: string
  target?: string
  /** null: this row has no target. */
  met: boolean | null
  /** How often it was measured. */
  n: number
}

const heads = ['what', 'ours', 'against', 'value', 'target', '', 'n']
const rightAligned = new Set([1, 3, 6])

const cells = ({ what, ours, against = '', value = '', target = '', met, n }: Row): string[] => [
  what,
  ours,
  against,
  value,
  target,
  met === null ? '' : met ? 'met' : 'MISSED',
  n > 0 ? String(n) : '',
]

/** A table in Markdown that can be read as plain text. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(cells)]
  const widths = heads.map((_, column) => Math.max(3, ...lines.map((line) => line[column]!.length)))
  const lineOf = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => (rightAligned.has(at) ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))).join(' | ')} |`
  const rule = `|${widths.map((width, at) => (rightAligned.has(at) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  return [lineOf(heads), rule, ...lines.slice(1).map(lineOf)].join('\n')
}

export const missed = (rows: readonly Row[]): Row[] => rows.filter(({ met }) => met === false)

/** The last line under the table. A run without a single target proves nothing, and says so. */
export function inWords(rows: readonly Row[]): string {
  const judged = rows.filter(({ met }) => met !== null).length
  if (judged === 0) return 'no target was judged'
  const without = missed(rows).length
  return without === 0
    ? `${judged} of ${judged} targets met`
    : `${judged - without} of ${judged} targets met, ${without} missed`
}
