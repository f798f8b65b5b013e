import { readFile } from 'node:fs/promises'
import type { BootProgress } from '../contract/lab.js'
import { DojoError, type ErrorCode } from '../contract/errors.js'
import { ownText } from './config-text.js'
import { withDojo } from './connect.js'
import type { DojoClient } from '../api/local-client.js'
import { wrongUsage } from './failure.js'
import type { Io } from './io.js'
import { seconds } from './output.js'
import { showBoot } from './show-boot.js'
import { jsonOption, type Verb } from './verb.js'

interface Options {
  name?: string
  set: string[]
  ports: string
  patroni?: string
  json?: boolean
}

export const up: Verb = (program, { io, json }) => {
  program
    .command('up')
    .summary('start a lab: a real cluster of containers, healthy when SQL says so')
    .description('Starts a lab and waits until a write commits on the client route and the standbys stream.')
    .argument('<topology>', 'for example pair-witness; see labs/topologies/')
    .option('--name <name>', 'name of the lab (default: the topology and a number)')
    .option(
      '--set <key=value...>',
      'a setting, for example patroni.ttl=30 or size.patroni=5; may be given several times',
      collect,
      [],
    )
    .option('--ports <how>', 'random, or fixed: well-known ones on 127.0.0.1, such as 5000, 5001, 7000', 'random')
    .option(
      '--patroni <file>',
      'your own dynamic configuration of Patroni: YAML, as show-config prints it, or a patroni.yml',
    )
    .option(...jsonOption)
    .action(async (topology: string, { name, set, ports, patroni, json: asJson }: Options) => {
      if (ports !== 'random' && ports !== 'fixed') {
        throw wrongUsage(
          '--ports was not understood',
          `"${ports}" is neither random nor fixed`,
          'Use --ports fixed, or leave it out',
        )
      }
      const own = patroni === undefined ? null : await readOwn(patroni)
      await withDojo(
        async ({ client }) => {
          const named = { ...(name !== undefined && { name }), ...(own && { patroni: own }) }
          const { lab } = await client.labs.up({ topology, set, ports, ...named })
          await untilBooted(client, lab, io, asJson === true)
          const info = await client.labs.get({ lab })
          // what PostgreSQL makes of it can only be known now
          const asked = askedIn(info.patroni?.config ?? {})
          const all = own ? (await client.config.get({ lab })).findings : []
          const findings = all.filter(({ key }) => asked.includes(key))
          if (asJson) return json(info.patroni ? { ...info, patroni: { ...info.patroni, findings } } : info)
          const { readWrite } = info.client
          io.out(`\nlab "${lab}" is healthy after ${seconds((info.seconds['total'] ?? 0) * 1000)}\n`)
          const targets = [readWrite, ...(readWrite.others ?? [])].map(({ host, port }) => `${host}:${port}`)
          io.out(`  writes       ${targets.join(', ')}${targets.length > 1 ? ' (whichever leads)' : ''}\n`)
          io.out(`  credentials  ${info.credentials}\n`)
          if (readWrite.tls) io.out(`  authority    ${readWrite.tls.ca}\n`)
          if (info.patroni) io.out(ownText(info.patroni.notHonoured, findings))
          io.out(`  next         dojo status ${lab}   dojo psql ${lab}   dojo shell ${lab} ${info.hosts[0]?.name}\n`)
        },
        { recovers: true },
      )
    })
}

/** Read here: the process that makes the lab opens no file that a client names. */
async function readOwn(file: string): Promise<{ file: string; text: string }> {
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (error) {
    throw wrongUsage(`${file} can't be read`, (error as Error).message, 'Give the path of a YAML file with --patroni')
  }
}

/** The keys of a dynamic configuration, as findings name them. */
function askedIn(config: Record<string, unknown>): string[] {
  const { parameters = {} } = (config['postgresql'] ?? {}) as { parameters?: object }
  return [...Object.keys(config), ...Object.keys(parameters).map((name) => `postgresql.parameters.${name}`)]
}

const collect = (value: string, all: string[]): string[] => [...all, value]

/**
 * Shows a boot until it is over. Ctrl+C cancels it and removes what was made.
 * @throws DojoError what the boot failed with, or `cancelled`
 */
export async function untilBooted(client: DojoClient, lab: string, io: Io, quiet: boolean): Promise<void> {
  const show = quiet ? null : showBoot(io)
  const cancelling: Promise<unknown>[] = []
  const stopListening = io.onInterrupt(() => {
    if (cancelling.length > 0) return
    if (!quiet) io.err(`cancelling: removing what was made of "${lab}"\n`)
    cancelling.push(client.labs.cancel({ lab }).catch(() => undefined))
  })
  try {
    for await (const progress of await client.labs.boot({ lab })) {
      show?.(progress)
      if (cancelling.length > 0) break
      if (progress.state === 'booting') continue
      throwIfFailed(progress)
      return
    }
  } finally {
    await Promise.all(cancelling)
    stopListening()
  }
  throw new DojoError('cancelled', {
    what: `The boot of "${lab}" was cancelled`,
    why: 'somebody asked for it',
    next: 'Nothing of it is left; start it again with `dojo up`',
  })
}

function throwIfFailed({ state, error, lab }: BootProgress): void {
  if (state === 'healthy') return
  const { code, ...said } = error ?? {
    code: 'lab-unhealthy',
    what: `Lab "${lab}" did not boot`,
    why: `it is ${state}`,
    next: `Remove it with \`dojo down ${lab}\``,
  }
  throw new DojoError(code as ErrorCode, said)
}
