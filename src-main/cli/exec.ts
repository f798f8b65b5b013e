import { text } from 'node:stream/consumers'
import { openLab } from '../lab/labs.js'
import { Exit, wrongUsage } from './failure.js'
import { jsonOption, type Verb } from './verb.js'

interface Options {
  user?: string
  stdin?: boolean
  timeout: string
  json?: boolean
}

export const exec: Verb = (program, { io, rest, json }) => {
  program
    .command('exec')
    .summary('run a command on a host: dojo exec LAB HOST -- CMD...')
    .description("Runs a command on a host, without a terminal. Its exit code becomes this command's.")
    .argument('<lab>')
    .argument('<host>')
    .argument('[command...]', 'after --, so that its options are its own')
    .option('--user <name>', 'default: postgres where it is, otherwise root')
    .option('-i, --stdin', "hand this command's standard input on")
    .option('--timeout <seconds>', 'end the command after this long', '3600')
    .option(...jsonOption)
    .action(async (lab: string, host: string, words: string[], options: Options) => {
      const argv = [...words, ...(rest ?? [])]
      if (argv.length === 0) {
        throw wrongUsage('Which command?', 'none was given', `For example: dojo exec ${lab} ${host} -- patronictl list`)
      }
      const limit = Number(options.timeout)
      if (!(limit > 0))
        throw wrongUsage('--timeout was not understood', `"${options.timeout}" is no time`, 'Give seconds')
      const handle = await openLab(lab)
      const { code, stdout, stderr } = await handle.exec(host, argv, {
        timeoutMs: limit * 1000,
        ...(options.user !== undefined && { user: options.user }),
        ...(options.stdin && { input: await text(process.stdin) }),
      })
      if (options.json) json({ code, stdout, stderr })
      else {
        io.out(stdout)
        io.err(stderr)
      }
      if (code !== 0) throw new Exit(code)
    })
}
