import type { LabHandle } from '../../src-main/lab/handle.js'
import { waitFor } from '../../src-main/util/wait-for.js'

/** What patronictl prints on a host. It exits with 0 for much that failed: read what it says. */
export async function patronictl(lab: LabHandle, on: string, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(on, ['patronictl', ...argv], { timeoutMs: 90_000 })
  if (code !== 0) throw new Error(`patronictl ${argv.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

/** Restarts one PostgreSQL through its Patroni, which refuses while it is still starting that PostgreSQL. */
export async function restartPostgres(lab: LabHandle, host: string): Promise<void> {
  const { signal } = new AbortController()
  await waitFor(
    () => patronictl(lab, host, 'restart', lab.info.scope, host, '--force'),
    (said) => said.includes('Success: restart'),
    { what: `Patroni to restart ${host}`, withinMs: 60_000, everyMs: 1_000, signal, describe: (said) => said },
  )
}
