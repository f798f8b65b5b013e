import { processIo } from './cli/io.js'
import { run } from './cli/program.js'

// a reader that went away (`dojo ls | head -1`) is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const code = await run(process.argv.slice(2), processIo())
// connections that are kept open for the next question must not keep a command alive
process.stdout.write('', () => process.exit(code))
