import type { TimelineView } from '../contract/backup.js'

const entry = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)\s*(.*)$/i

/**
 * The timelines that history files tell of, oldest first. A file names every ancestor of its timeline and the LSN at which
 * each was left; the last line is about the parent. Timeline 1 has no file.
 */
export function timelinesOf(files: Readonly<Record<string, string>>): TimelineView[] {
  const found = new Map<number, TimelineView>([[1, { timeline: 1, parent: null, from: null, reason: null }]])
  for (const [name, text] of Object.entries(files)) {
    const timeline = Number.parseInt(name.slice(0, 8), 16)
    const last = text
      .split('\n')
      .map((line) => entry.exec(line))
      .findLast((match) => match !== null)
    if (!last) continue
    found.set(timeline, { timeline, parent: Number(last[1]), from: last[2]!, reason: last[3] || null })
  }
  return [...found.values()].sort((a, b) => a.timeline - b.timeline)
}

export interface Ancestor {
  timeline: number
  /** LSN at which its child left it; null for the timeline itself, which goes on. */
  leftAt: string | null
}

/** A timeline and those that it came from, newest first. */
export function ancestryOf(timelines: readonly TimelineView[], timeline: number): Ancestor[] {
  const line: Ancestor[] = []
  let leftAt: string | null = null
  let at: number | null = timeline
  while (at !== null && line.length <= timelines.length) {
    line.push({ timeline: at, leftAt })
    const view: TimelineView | undefined = timelines.find((one) => one.timeline === at)
    leftAt = view?.from ?? null
    at = view?.parent ?? null
  }
  return line
}
