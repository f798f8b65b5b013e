import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { LabInfo } from '../../src-main/contract/lab.js'
import type { TerminalOutput } from '../../src-main/contract/terminal.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { containerName, labelsOf } from '../../src-main/docker/labels.js'
import type { LabHandle } from '../../src-main/lab/handle.js'
import { labHandle } from '../../src-main/lab/open-lab.js'
import { openHome, ownerOf } from '../../src-main/lab/store.js'
import { createTerminals, type Terminals } from '../../src-main/terminal/index.js'
import { waitFor } from '../../src-main/util/wait-for.js'

export interface TerminalHost extends AsyncDisposable {
  lab: string
  /** Name of the container. */
  container: string
  handle: LabHandle
  terminals: Terminals
}

/**
 * One host without services, and terminals into it: what a terminal needs of a lab, in a second instead of ten.
 * Removed at the end, whatever happens.
 */
export async function terminalHost(): Promise<TerminalHost> {
  const docker = await connectDocker()
  const { tag } = await ensureHostImage()
  const folder = await mkdtemp(join(tmpdir(), 'dojo-terminal-'))
  const home = await openHome(folder)
  const lab = 'terminals'
  const owner = ownerOf(home, lab)
  const container = await docker.createContainer({
    name: containerName(owner, 'pg1'),
    Image: tag,
    Hostname: 'pg1',
    Entrypoint: ['/usr/bin/tini', '--', 'sleep', 'infinity'],
    Labels: labelsOf(owner, 'host', 'pg1'),
    NetworkDisabled: true,
  })
  await container.start()
  // only what a handle reads of it; the rest belongs to labs that were booted
  const info = { lab, hosts: [{ name: 'pg1' }], spec: { client: { readWrite: { host: 'pg1', port: 5000 } } } }
  const handle = labHandle(docker, home, { info: info as unknown as LabInfo, homeId: home.id })
  const terminals = createTerminals(async () => handle)
  return {
    lab,
    container: containerName(owner, 'pg1'),
    handle,
    terminals,
    async [Symbol.asyncDispose]() {
      await terminals.closeAll().catch(() => undefined)
      await container.remove({ force: true, v: true })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A client of a terminal, as the screen is one: draws at once, and acknowledges what it has drawn. */
export async function typist(terminals: Terminals, lab: string, host: string | null = 'pg1', cols = 120, rows = 40) {
  const { id } = await terminals.open({ lab, host, cols, rows })
  const stop = new AbortController()
  let text = ''
  let state = ''
  const onData: ((data: string, message: TerminalOutput & { k: 'data' }) => void)[] = []
  const done = (async () => {
    for await (const message of terminals.watch(id, 0, stop.signal, 'typist')) {
      if (message.k === 'state') state = message.state
      if (message.k !== 'data') continue
      // without colours and modes: what a person reads
      text = (text + stripVTControlCharacters(message.data)).slice(-200_000)
      for (const listener of onData) listener(message.data, message)
      terminals.ack(id, message.from + message.bytes, 'typist')
    }
  })()
  const until = (what: string, holds: () => boolean, withinMs = 15_000): Promise<boolean> =>
    waitFor(holds, Boolean, {
      what,
      withinMs,
      everyMs: 10,
      signal: AbortSignal.timeout(withinMs + 5_000),
      describe: () => `state ${state}, last output ${JSON.stringify(text.slice(-300))}`,
    })
  return {
    id,
    onData,
    until,
    text: () => text,
    state: () => state,
    type: (line: string) => terminals.write(id, `${line}\r`),
    prompt: () => until('a prompt', () => /[$#>] $/.test(text)),
    /** Types a line and waits for what only its output can contain. */
    async run(line: string, answer: RegExp) {
      terminals.write(id, `${line}\r`)
      await until(String(answer), () => answer.test(text))
      return answer.exec(text)!
    },
    async stop() {
      stop.abort()
      await done
    },
  }
}
