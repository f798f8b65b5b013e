import { z } from 'zod'
import type { CheckContext } from './check.js'

export const execParams = z.strictObject({
  on: z.string().describe('Host that the command runs on'),
  run: z.array(z.string()).min(1).describe('Command and arguments. It must only read'),
})
export type ExecParams = z.infer<typeof execParams>

const withinMs = 5000

/** What a command says, as one value. Throws when it fails, or says nothing: then there is no value yet. */
export async function execValue({ on, run }: ExecParams, { sources }: CheckContext) {
  const { code, stdout, stderr } = await sources.exec(on, run, { timeoutMs: withinMs })
  if (code !== 0) throw new Error(stderr.trim().split('\n').at(-1) || `exit code ${code}`)
  const value = stdout.trim()
  if (value === '') throw new Error('it says nothing yet')
  return { ok: true as const, value, evidence: { source: `${run[0]} on ${on}`, value } }
}
