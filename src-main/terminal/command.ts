import { DojoError, unknownHost } from '../contract/errors.js'
import type { TerminalView } from '../contract/terminal.js'
import type { LabHandle } from '../lab/handle.js'
import { clientHostsOf, libpqRoute } from '../lab/plan.js'

/** What a terminal runs, where and as whom. Secrets travel in the environment, never in arguments. */
export interface TerminalCommand {
  host: string
  user: string
  argv: readonly string[]
  env: Record<string, string>
}

/** Programs of the image ask for these; without them `less`, `vim` and readline fall back to ASCII and monochrome. */
const base = { LANG: 'C.UTF-8', TERM: 'xterm-256color', COLORTERM: 'truecolor' }

/**
 * What a person typed is bright, the prompt grey, and output in between: a scrollback is read by its commands. Set once,
 * before the first prompt, because the image's own start-up files come after the environment; then it is gone. Only for
 * our own screen, whose palette is known: bright white would vanish on somebody's white terminal.
 */
const prompt = String.raw`PS1='\[\e[0;90m\]\u@\h:\w\$\[\e[0;97m\] '; PS0='\e[0m'; unset PROMPT_COMMAND`

/**
 * @param host null: psql by the client's write route, started on the host that serves it
 * @throws DojoError unknown-host, usage
 */
export async function commandFor(
  handle: LabHandle,
  kind: TerminalView['kind'],
  host: string | null,
  { colouredPrompt = false } = {},
): Promise<TerminalCommand> {
  const names = handle.info.hosts.map(({ name }) => name)
  if (host !== null && !names.includes(host)) throw unknownHost(host, names)
  if (kind === 'psql' && host === null) {
    const { spec } = handle.info
    const { username, password, database } = (await handle.credentials()).app
    const login = { PGUSER: username, PGPASSWORD: password, PGDATABASE: database }
    const env = { ...base, ...libpqRoute(spec), ...login }
    return { host: await firstRunning(handle, clientHostsOf(spec)), user: 'postgres', argv: ['psql'], env }
  }
  if (host === null) {
    const next = `Name one of ${names.join(', ')}`
    throw new DojoError('usage', {
      what: `A ${kind} terminal needs a host`,
      why: 'only psql has a route without one',
      next,
    })
  }
  if (kind === 'psql') return { host, user: 'postgres', argv: ['psql'], env: base }
  const user = kind === 'root' ? 'root' : 'postgres'
  const env = colouredPrompt ? { ...base, PROMPT_COMMAND: prompt } : base
  return { host, user, argv: ['bash', '-l'], env }
}

/** The first of these hosts that runs; the first of all when there is no choice, whose state its user then hears of. */
async function firstRunning(handle: LabHandle, hosts: readonly string[]): Promise<string> {
  if (hosts.length === 1) return hosts[0]!
  const states = await handle.hostStates()
  return hosts.find((host) => states[host]?.container === 'running') ?? hosts[0]!
}
