#!/usr/bin/env node
// `npm start`: from a fresh checkout to the running app. Needs Node and npm, nothing else.
import './lib/node-version.mjs'
const { start } = await import('./lib/start.mjs')
await start(process.argv.slice(2))
