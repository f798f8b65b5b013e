import type { RunBlock } from './fence.js'

type Runner = (run: RunBlock & { lab: string }) => Promise<void> | void

const modules = import.meta.glob<{ runInTerminal: Runner }>('../terminals/run-in-terminal.ts')

/** Types a command into the terminal of its host, opening one where there is none. */
export async function typeIntoTerminal(run: RunBlock & { lab: string }): Promise<void> {
  const module = await modules['../terminals/run-in-terminal.ts']?.()
  await module?.runInTerminal(run)
}
