import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { DojoError } from '../contract/errors.js'
import type { terminalOpen, TerminalOutput, TerminalView } from '../contract/terminal.js'
import type { LabHandle } from '../lab/handle.js'
import { commandFor } from './command.js'
import { followHosts } from './hosts.js'
import type { InputLine } from './input-lines.js'
import { createSession, type Session } from './session.js'
import { logFor } from '../util/log.js'

const log = logFor('terminal')

export type TerminalOpen = z.input<typeof terminalOpen>

/** All terminals of this process. */
export interface Terminals {
  list(lab: string): TerminalView[]
  /**
   * Returns as soon as the request is known to make sense; the shell opens meanwhile, as `watch` tells.
   * @throws DojoError unknown-lab, unknown-host, usage
   */
  open(request: TerminalOpen): Promise<TerminalView>
  /**
   * The present state first, then output from offset `from`. `watcher` names one of several that watch the same
   * terminal, so that each acknowledges for itself. @throws DojoError unknown-terminal
   */
  watch(id: string, from: number, signal: AbortSignal, watcher?: string): AsyncIterable<TerminalOutput>
  ack(id: string, upTo: number, watcher?: string): void
  write(id: string, data: string): void
  /** Resolves when the shell's side has taken what was written, so that a paste of megabytes never piles up. */
  drained(id: string): Promise<void>
  resize(id: string, cols: number, rows: number): Promise<void>
  /** Sends HUP to the shell and forgets the terminal. Idempotent. */
  close(id: string): Promise<void>
  closeLab(lab: string): Promise<void>
  closeAll(): Promise<void>
}

/** More is a loop that opens terminals, not a person. */
const mostPerLab = 40

interface LabTerminals {
  handle: LabHandle
  sessions: Map<string, Session>
  /** Closed while their host was frozen: they get their HUP when it runs again. */
  leaving: Set<Session>
  stop: AbortController
}

export interface TerminalsOptions {
  /** The terminals are shown in our own window, whose colours are known. Default true. */
  ownScreen?: boolean
  /** A line was sent to a terminal with Enter. */
  onLine?: (terminal: TerminalView, host: string, line: InputLine) => void
}

export function createTerminals(
  openHandle: (lab: string) => Promise<LabHandle>,
  { ownScreen = true, onLine }: TerminalsOptions = {},
): Terminals {
  const labs = new Map<string, Promise<LabTerminals>>()
  const opened = new Map<string, { lab: LabTerminals; session: Session }>()

  const labOf = (name: string): Promise<LabTerminals> => {
    const known = labs.get(name)
    if (known) return known
    const made = openHandle(name).then(followed)
    made
      .then(({ handle }) => handle.hangUpOrphans?.())
      .then((count) => count && log.info({ lab: name, count }, 'hung up sessions of an app that was killed'))
      .catch((err: unknown) => log.warn({ lab: name, err }, 'looking for left sessions failed'))
    labs.set(name, made)
    made.catch(() => labs.delete(name)) // a lab that is not there yet may come
    return made
  }

  const find = (id: string): { lab: LabTerminals; session: Session } => {
    const found = opened.get(id)
    if (found) return found
    throw new DojoError('unknown-terminal', {
      what: `No terminal "${id}"`,
      why: 'it was closed, or belonged to an earlier run of the app',
      next: 'Open a new one',
    })
  }

  const close = async (id: string): Promise<void> => {
    const found = opened.get(id)
    if (!found) return
    const { lab, session } = found
    opened.delete(id)
    lab.sessions.delete(id)
    if (!(await session.close())) lab.leaving.add(session)
  }

  const closeLab = async (name: string): Promise<void> => {
    const lab = await labs.get(name)?.catch(() => undefined)
    if (!lab) return
    labs.delete(name)
    await Promise.all([...lab.sessions.keys()].map(close))
    lab.stop.abort()
  }

  return {
    list: (lab) => [...opened.values()].map(({ session }) => session.view()).filter((view) => view.lab === lab),
    async open({ lab: name, host, kind = 'shell', cols, rows }) {
      const lab = await labOf(name)
      const command = await commandFor(lab.handle, kind, host, { colouredPrompt: ownScreen })
      const views = [...lab.sessions.values()].map((session) => session.view())
      if (views.length >= mostPerLab) throw tooMany(name)
      const title = titleFor(
        kind,
        host,
        views.map((view) => view.title),
      )
      const view = { id: `t-${randomBytes(6).toString('hex')}`, lab: name, host, kind, title }
      const tell = onLine && ((line: InputLine) => onLine(session.view(), command.host, line))
      const options = { view, handle: lab.handle, command, cols, rows }
      const session: Session = createSession({ ...options, ...(tell ? { onLine: tell } : {}) })
      hostsOf.set(session, command.host)
      lab.sessions.set(view.id, session)
      opened.set(view.id, { lab, session })
      return session.view()
    },
    watch: (id, from, signal, watcher = randomBytes(6).toString('hex')) =>
      find(id).session.watch(from, watcher, signal),
    ack: (id, upTo, watcher) => opened.get(id)?.session.acknowledged(upTo, watcher), // late ones are no error
    write: (id, data) => find(id).session.write(data),
    drained: async (id) => opened.get(id)?.session.drained(),
    resize: (id, cols, rows) => find(id).session.resize(cols, rows),
    close,
    closeLab,
    closeAll: async () => void (await Promise.all([...labs.keys()].map(closeLab))),
  }
}

const hostsOf = new WeakMap<Session, string>()

function followed(handle: LabHandle): LabTerminals {
  const lab: LabTerminals = { handle, sessions: new Map(), leaving: new Set(), stop: new AbortController() }
  const tell = (host: string, state: Parameters<Session['onHost']>[0]): void => {
    for (const session of [...lab.sessions.values(), ...lab.leaving]) {
      if (hostsOf.get(session) === host) session.onHost(state)
    }
    if (state.container === 'paused') return
    for (const session of lab.leaving) if (hostsOf.get(session) === host) lab.leaving.delete(session)
  }
  void followHosts(handle, tell, lab.stop.signal)
  return lab
}

/** "pg1", "pg1 root", "psql", "psql pg1"; a second one of a kind is numbered. */
function titleFor(kind: TerminalView['kind'], host: string | null, taken: readonly string[]): string {
  const name = { shell: `${host}`, root: `${host} root`, psql: host === null ? 'psql' : `psql ${host}` }[kind]
  for (let number = 2, title = name; ; title = `${name} ${number++}`) if (!taken.includes(title)) return title
}

const tooMany = (lab: string): DojoError =>
  new DojoError('lab-busy', {
    what: `Lab "${lab}" has ${mostPerLab} terminals open`,
    why: 'each keeps a shell running on its host',
    next: 'Close one',
  })
