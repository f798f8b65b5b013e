import { join } from 'node:path'
import { z } from 'zod'
import { outage, type Outage, type ProbeRoute } from '../contract/probe.js'
import { openJsonLines } from '../util/json-lines.js'
import { addRange, addTo, countOf, type Range } from './ranges.js'

const range = z.tuple([z.int(), z.int()])
const line = z.object({
  run: z.int(),
  acked: z.array(range).optional(),
  unknown: z.array(z.int()).optional(),
  failed: z.int().optional(),
  outages: z.array(outage).optional(),
})

export interface Run {
  /** Start of the run in epoch ms: its name, in the table too. */
  run: number
  acked: Range[]
  unknown: number[]
  failed: number
  /** Those that have ended. */
  outages: Outage[]
}

export interface Totals {
  acknowledged: number
  failed: number
  unknown: number
}

/**
 * What became of the writes on one route, on disk and append-only: a line is added for what came since the last one. After
 * a crash of the app the last fraction of a second is missing, which can hide a loss but never invent one.
 */
export interface Ledger {
  acknowledged(run: number, id: number): void
  unknown(run: number, id: number): void
  failed(run: number): void
  outageEnded(run: number, outage: Outage): void
  runs(): readonly Run[]
  totals(): Totals
  /** Writes down what came since the last call. */
  save(): Promise<void>
  close(): Promise<void>
}

export const ledgerFile = (route: ProbeRoute): string => (route === 'proxy' ? 'probe.jsonl' : `probe-${route}.jsonl`)

export async function openLedger(dir: string, route: ProbeRoute): Promise<Ledger> {
  const runs = new Map<number, Run>()
  const unsaved = new Map<number, Run>()
  const within = (all: Map<number, Run>, run: number): Run => {
    const found = all.get(run) ?? { run, acked: [], unknown: [], failed: 0, outages: [] }
    all.set(run, found)
    return found
  }
  const file = await openJsonLines(join(dir, ledgerFile(route)), (value) => {
    const said = line.parse(value)
    const run = within(runs, said.run)
    for (const one of said.acked ?? []) addRange(run.acked, one)
    run.unknown.push(...(said.unknown ?? []))
    run.failed += said.failed ?? 0
    run.outages.push(...(said.outages ?? []))
  })
  const totals: Totals = { acknowledged: 0, failed: 0, unknown: 0 }
  for (const { acked, failed, unknown } of runs.values()) {
    totals.acknowledged += countOf(acked)
    totals.failed += failed
    totals.unknown += unknown.length
  }
  const note = (run: number, add: (to: Run) => void): void => {
    add(within(runs, run))
    add(within(unsaved, run))
  }
  return {
    acknowledged(run, id) {
      note(run, ({ acked }) => addTo(acked, id))
      totals.acknowledged++
    },
    unknown(run, id) {
      note(run, ({ unknown }) => unknown.push(id))
      totals.unknown++
    },
    failed(run) {
      note(run, (to) => to.failed++)
      totals.failed++
    },
    outageEnded: (run, ended) => note(run, ({ outages }) => outages.push(ended)),
    runs: () => [...runs.values()],
    totals: () => ({ ...totals }),
    async save() {
      const lines = [...unsaved.values()]
      unsaved.clear()
      await Promise.all(
        lines.map(({ run, acked, unknown, failed, outages }) =>
          file.append({
            run,
            acked,
            ...(unknown.length > 0 ? { unknown } : {}),
            ...(failed > 0 ? { failed } : {}),
            ...(outages.length > 0 ? { outages } : {}),
          }),
        ),
      )
    },
    close: () => file.close(),
  }
}
