#!/usr/bin/env node
// `npm test`: the same set-up as npm start, then every kind of check that the project has.
import './lib/node-version.mjs'
const { test } = await import('./lib/test.mjs')
await test(process.argv.slice(2))
