// Serves the built app, page and all, from one build: `node serve.mjs OUT`. Prints its address as one line of JSON.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const out = process.argv[2]
const { serve } = await import(pathToFileURL(join(out, 'main', 'headless.js')).href)
const { url } = await serve({ page: join(out, 'renderer') })
process.stdout.write(`${JSON.stringify({ url })}\n`)
