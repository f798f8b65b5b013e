import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { machineInWords, thisMachine, type Machine } from './machine.js'
import { inWords, missed, tableOf, type Row } from './table.js'

/** What one measurement leaves in its file. */
export interface Result {
  name: string
  at: string
  machine: Machine
  passed: boolean
  rows: Row[]
  /** Every single figure, for whoever wants another summary of them. */
  details: unknown
}

/** Prints the table, writes the file if one was asked for, and ends the process: 1 when a target is missed. */
export async function finish(
  { name, rows, details }: Pick<Result, 'name' | 'rows' | 'details'>,
  json: string | undefined,
): Promise<never> {
  const machine = await thisMachine()
  const passed = missed(rows).length === 0
  console.log(`${tableOf(rows)}\n\n${machineInWords(machine)}\n${inWords(rows)}`)
  if (json) {
    const result: Result = { name, at: new Date().toISOString(), machine, passed, rows, details }
    await mkdir(dirname(json), { recursive: true })
    await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
  }
  process.exit(passed ? 0 : 1)
}
