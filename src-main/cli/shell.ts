import { attach } from './attach.js'
import type { Verb } from './verb.js'

export const shell: Verb = (program, { io }) => {
  program
    .command('shell')
    .summary('a shell on a host')
    .description('Opens a shell on a host. It ends with `exit` or Ctrl+D; while the host is down, Ctrl+C leaves.')
    .argument('<lab>')
    .argument('<host>')
    .option('--root', 'as root')
    .action((lab: string, host: string, { root }: { root?: boolean }) =>
      attach({ lab, host, kind: root ? 'root' : 'shell' }, io),
    )
}
