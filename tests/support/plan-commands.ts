import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { appRoot } from '../../src-main/util/app-root.js'

/** A block of commands in docs/disaster-recovery.md; its first line says where it runs and what to wait for. */
export interface PlanBlock {
  line: number
  commands: string
  on: string
  user: string
  /** Asked again until its output has this; absent: run once, and it must succeed. */
  until?: RegExp
  withinMs: number
  from?: string
  to?: string
}

/** @throws when a block does not say where it runs: then a reader does not know either, and a test would skip it */
export function readPlan(path = join(appRoot(), 'docs', 'disaster-recovery.md')): PlanBlock[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line, at) => {
    const [, rest] = /^```bash(.*)$/.exec(line) ?? []
    if (rest === undefined) return []
    const words = Object.fromEntries(rest.trim().split(' ').map(pairOf)) as Record<string, string | undefined>
    const { on, user = 'postgres', until, within, from, to } = words
    if (!on || (until === undefined) !== (within === undefined)) throw new Error(`${path}:${at + 1}: ${line}`)
    const end = lines.indexOf('```', at)
    return [
      {
        line: at + 1,
        commands: lines.slice(at + 1, end).join('\n'),
        on,
        user,
        withinMs: Number(within ?? 120) * 1000,
        ...(until !== undefined && { until: new RegExp(until, 'm') }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      },
    ]
  })
}

const pairOf = (word: string): [string, string] => {
  const cut = word.indexOf('=')
  return [word.slice(0, cut), word.slice(cut + 1)]
}
