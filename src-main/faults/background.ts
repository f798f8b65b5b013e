import type { FaultTarget } from './fault.js'

/**
 * A script that runs on the host for as long as a fault is active, and longer than this app: it has no terminal, no
 * pipe and no parent of ours, and is found again by the fault's id among its arguments. It ends with the host.
 */
type OnHost = Pick<FaultTarget, 'id' | 'exec'>

const limit = { timeoutMs: 10_000 }
/** With brackets, so that a search does not find itself. */
const pattern = (id: string): string => `[d]ojo-fault-${id}`

/** Starts a bash script as a user of the host. Its environment is the host's own. */
export async function startBehind({ id, exec }: OnHost, script: string, user: 'root' | 'postgres'): Promise<void> {
  const started = 'setsid --fork bash -c "$1" "$2" < /dev/null > /dev/null 2>&1'
  const argv = ['sh', '-c', started, 'sh', script, `dojo-fault-${id}`]
  const { code, stderr } = await exec(argv, { ...limit, user })
  if (code !== 0) throw new Error(`it could not be started: ${stderr.trim()}`)
}

/** Whether it runs, by the kernel's list of processes. */
export async function runsBehind({ id, exec }: OnHost): Promise<boolean> {
  return (await exec(['pgrep', '--full', pattern(id)], limit)).code === 0
}

/** Ends it with everything that it started. Nothing to end is no mistake. */
export async function endBehind({ id, exec }: OnHost): Promise<void> {
  // it leads a process group of its own; by `pkill`, as the shell's own kill knows no groups
  const script = `for pid in $(pgrep --full '${pattern(id)}'); do pkill --signal KILL --pgroup "$pid" || true; done`
  await exec(['sh', '-c', script], limit)
}
