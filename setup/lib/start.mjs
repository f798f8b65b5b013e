import { parseArgs } from 'node:util'
import { ensureElectron, noDesktop, openBrowser, openWindow } from './desktop.mjs'
import { explain, exitCodeOf, SetupError } from './failure.mjs'
import { importBuilt, prepareApp, prepareMachine } from './machine.mjs'
import { createReport } from './report.mjs'

const help = `npm start [-- OPTIONS]

Gets everything ready and opens the app: dependencies, the built app, Docker's engine, the host image.
Each part is skipped when it is there already. On Debian and Ubuntu as root, a missing engine is installed.
Opens a desktop window where it can; otherwise serves the same app on 127.0.0.1 and prints its address.

  --browser       serve the app for a browser, even where a window could open
  --desktop       try the window again after its program could not be fetched
  --port N        port of the served app (default: a free one)
  --host H        address to listen on (default: 127.0.0.1; others can reach any other)
  --no-open       print the address, and don't open a browser
  --yes           install what is missing without asking
  --help          this text

DOJO_HOME moves the folder of labs, attempts and logs. DOCKER_HOST names an engine.
Exit codes: 0 done, 2 wrong usage, 3 this machine is not fit (what is missing is said).`

const options = {
  browser: { type: 'boolean', default: false },
  desktop: { type: 'boolean', default: false },
  port: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  'no-open': { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
  help: { type: 'boolean', short: 'h', default: false },
}

export function readOptions(args) {
  try {
    const { values } = parseArgs({ args, options })
    const port = values.port === undefined ? undefined : Number(values.port)
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) {
      throw new Error(`--port wants a number from 0 to 65535, not "${String(values.port)}"`)
    }
    return { ...values, port }
  } catch (error) {
    const why = error.message.split('. To specify')[0].replace(/\.$/, '')
    throw new SetupError({ what: 'npm start was not understood', why, next: 'See `npm start -- --help`' }, 2)
  }
}

export async function start(args) {
  let report
  try {
    const wanted = readOptions(args)
    if (wanted.help) return console.log(help)
    report = createReport()
    console.log('\npg-ha-dojo\n')
    await prepareApp(report)
    await prepareMachine(report, { yes: wanted.yes })
    const closed = await window(report, wanted)
    if (closed) process.exit(closed.code)
    await serve(report, wanted)
  } catch (error) {
    console.error(`\n${explain(error)}${report ? `\n  log:  ${report.logFile}` : ''}\n`)
    process.exit(exitCodeOf(error))
  }
}

/** Opens the desktop window and waits until it is closed; undefined where there can be none. */
async function window(report, { browser, desktop }) {
  if (browser) return undefined
  let program
  await report.phase('window', async (tools) => {
    const without = noDesktop()
    if (without) return `in a browser: ${without}`
    const found = await ensureElectron(tools, { again: desktop })
    program = found.program
    return program ? 'Electron' : `in a browser: ${found.reason}`
  })
  if (!program) return undefined
  const { code, reason } = await openWindow(program, report.log)
  if (reason === undefined) return { code }
  console.log(`  ${'window'.padEnd(14)}  in a browser: the window did not start (${reason})`)
  return undefined
}

/** Serves the app until it is told to stop. */
async function serve(report, { host, port, ...wanted }) {
  let url
  await report.phase('server', async () => {
    const { serve: serveApp } = await importBuilt('main', 'headless.js')
    const server = await serveApp({ host, ...(port !== undefined && { port }) })
    url = server.url
    return 'answers'
  })
  console.log(`\nOpen  ${url}\nStop  Ctrl-C (labs keep running; \`npx dojo down --all\` removes them)\n`)
  if (!wanted['no-open']) openBrowser(url)
}
