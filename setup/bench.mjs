#!/usr/bin/env node
// `npm run bench [-- --only NAME]`: side-by-side measurements. Each bench/<name>.ts is a program of its own, built with
// the app, which prints its table and ends with 0 when its target is met.
import './lib/node-version.mjs'
const { bench } = await import('./lib/bench.mjs')
await bench(process.argv.slice(2))
