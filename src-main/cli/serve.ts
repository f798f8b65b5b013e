import { serve as serveApp } from '../headless.js'
import { wrongUsage } from './failure.js'
import { jsonOption, type Verb } from './verb.js'

interface Options {
  host: string
  port?: string
  class?: string
  json?: boolean
}

export const serve: Verb = (program, { io, json }) => {
  program
    .command('serve')
    .summary('serve the app for a browser')
    .description(
      'Serves the app on this machine and prints its address, with the token that opens it. Ctrl+C ends it; labs stay.',
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port (default: a free one)')
    .option('--class <file>', 'a room for many learners (not in this version)')
    .option(...jsonOption)
    .action(async ({ host, port, class: room, json: asJson }: Options) => {
      if (room !== undefined)
        throw wrongUsage('--class is not in this version', 'rooms for many learners come later', 'Leave it out')
      const wanted = port === undefined ? 0 : Number(port)
      if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535) {
        throw wrongUsage('--port was not understood', `"${port}" is no port`, 'Give a number from 1 to 65535')
      }
      const { url } = await serveApp({ host, port: wanted })
      if (asJson) json({ url })
      else {
        io.out(`Open  ${url}\nStop  Ctrl+C (labs keep running)\n`)
        if (!['127.0.0.1', 'localhost', '::1'].includes(host)) {
          io.err(
            `Everybody who can reach ${host} and has this address can use the labs; the connection is not encrypted.\n`,
          )
        }
      }
      await new Promise(() => undefined) // until a signal ends the process
    })
}
