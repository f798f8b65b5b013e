import { text } from 'node:stream/consumers'
import { openLab } from '../lab/labs.js'
import { commandFor } from '../terminal/command.js'
import { attach } from './attach.js'
import { Exit } from './failure.js'
import type { Verb } from './verb.js'

/** A script may take long; a forgotten one must not stay for ever. */
const withinMs = 3_600_000

export const psql: Verb = (program, { io, rest }) => {
  program
    .command('psql')
    .summary("psql by the client's write route, or on a host: dojo psql LAB [HOST] [-- ARGS]")
    .description(
      "Without a host: by the route that clients take. Arguments after -- are psql's; a script may come on standard input.",
    )
    .argument('<lab>')
    .argument('[host]')
    .action(async (lab: string, host: string | undefined) => {
      if (rest === null && process.stdin.isTTY) return attach({ lab, host: host ?? null, kind: 'psql' }, io)
      const handle = await openLab(lab)
      const command = await commandFor(handle, 'psql', host ?? null)
      // a command in the arguments needs no script, and standard input may never end
      const asks = rest?.some((word) => /^(-[a-zA-Z]*[cfl]|--(command|file|list|version|help))/.test(word)) ?? false
      const { code, stdout, stderr } = await handle.exec(command.host, [...command.argv, ...(rest ?? [])], {
        user: command.user,
        env: command.env,
        timeoutMs: withinMs,
        ...(!asks && !process.stdin.isTTY && { input: await text(process.stdin) }),
      })
      io.out(stdout)
      io.err(stderr)
      if (code !== 0) throw new Exit(code)
    })
}
