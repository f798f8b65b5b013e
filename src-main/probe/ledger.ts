import { join } from 'node:path'
import { z } from 'zod'
import { openJsonLines } from '../util/json-lines.js'
import { addRange, addTo, countOf, type Range } from './ranges.js'

const range = z.tuple([z.int(), z.int()])
const line = z.object({ run: z.int(), acked: z.array(range).optional(), unknown: z.array(z.int()).optional() })

export interface Run {
  /** Start of the run in epoch ms: its name, in the table too. */
  run: number
  acked: Range[]
  unknown: number[]
}

/**
 * Which writes the cluster acknowledged, on disk and append-only: a line is added for what came since the last one. After
 * a crash of the app the last fraction of a second is missing, which can hide a loss but never invent one.
 */
export interface Ledger {
  acknowledged(run: number, id: number): void
  unknown(run: number, id: number): void
  runs(): readonly Run[]
  total(): number
  /** Writes down what came since the last call. */
  save(): Promise<void>
  close(): Promise<void>
}

export const ledgerFile = 'probe.jsonl'

export async function openLedger(dir: string): Promise<Ledger> {
  const runs = new Map<number, Run>()
  const runOf = (run: number): Run => {
    const found = runs.get(run) ?? { run, acked: [], unknown: [] }
    runs.set(run, found)
    return found
  }
  const file = await openJsonLines(join(dir, ledgerFile), (value) => {
    const said = line.parse(value)
    const run = runOf(said.run)
    for (const one of said.acked ?? []) addRange(run.acked, one)
    run.unknown.push(...(said.unknown ?? []))
  })
  const unsaved = new Map<number, Run>()
  const unsavedOf = (run: number): Run => {
    const found = unsaved.get(run) ?? { run, acked: [], unknown: [] }
    unsaved.set(run, found)
    return found
  }
  return {
    acknowledged(run, id) {
      addTo(runOf(run).acked, id)
      addTo(unsavedOf(run).acked, id)
    },
    unknown(run, id) {
      runOf(run).unknown.push(id)
      unsavedOf(run).unknown.push(id)
    },
    runs: () => [...runs.values()],
    total: () => [...runs.values()].reduce((sum, { acked }) => sum + countOf(acked), 0),
    async save() {
      const lines = [...unsaved.values()]
      unsaved.clear()
      await Promise.all(
        lines.map(({ run, acked, unknown }) => file.append({ run, acked, ...(unknown.length ? { unknown } : {}) })),
      )
    },
    close: () => file.close(),
  }
}
