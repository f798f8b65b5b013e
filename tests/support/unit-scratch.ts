import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What unit tests put into the temporary folder goes with their run; workers inherit the variable. */
export default function unitScratch(): () => void {
  const scratch = mkdtempSync(join(tmpdir(), 'dojo-unit-'))
  process.env['TMPDIR'] = scratch
  return () => rmSync(scratch, { recursive: true, force: true })
}
