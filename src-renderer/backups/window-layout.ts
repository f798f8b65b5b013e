import type { BackupsView } from '../../src-main/contract/backup.js'

export interface WindowLayout {
  /** Ends of the axis, epoch ms. */
  from: number
  to: number
  /** Of the axis, 0 to 1. */
  window: { from: number; to: number } | null
  backups: { label: string; type: string; from: number; to: number }[]
  ticks: { at: number; x: number }[]
  /** Where the target is; null where it is none, or not on this axis. */
  target: number | null
}

const steps = [1, 5, 15, 60, 300, 900, 1800, 3600, 6 * 3600, 24 * 3600].map((seconds) => seconds * 1000)
const mostTicks = 6

/** Where everything is on the axis of time: from a little before the oldest backup until now. */
export function layOut({ backups, window, at }: BackupsView, target: number | null = null): WindowLayout | null {
  const first = backups[0]
  if (!first) return null
  const margin = Math.max(1000, (at - first.startedAt) * 0.04)
  const [from, to] = [first.startedAt - margin, at + margin / 2]
  const x = (t: number): number => Math.min(1, Math.max(0, (t - from) / (to - from)))
  const step = steps.find((one) => (to - from) / one <= mostTicks) ?? steps.at(-1)!
  const ticks = []
  for (let t = Math.ceil(from / step) * step; t < to; t += step) ticks.push({ at: t, x: x(t) })
  return {
    from,
    to,
    window: window && { from: x(window.from), to: x(window.to) },
    backups: backups.map(({ label, type, startedAt, stoppedAt }) => ({
      label,
      type,
      from: x(startedAt),
      to: x(stoppedAt),
    })),
    ticks,
    target: target !== null && target >= from && target <= to ? x(target) : null,
  }
}
