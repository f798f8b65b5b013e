import { wrongUsage } from './failure.js'

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** 500ms, 10s, 1.5m, 2h, in milliseconds. @throws DojoError usage, which names the option */
export function durationMs(option: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  if (number !== undefined && unit !== undefined) return Math.round(Number(number) * unitMs[unit]!)
  throw wrongUsage(`${option} wants a duration`, `"${text}" is none`, 'For example 500ms, 10s, 2m or 1h')
}
