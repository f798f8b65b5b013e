#!/usr/bin/env node
// `npx dojo`: the command line of a checkout. Installs and builds first when something changed.
import './lib/node-version.mjs'
const { dojo } = await import('./lib/dojo.mjs')
await dojo()
