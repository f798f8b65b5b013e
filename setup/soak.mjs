#!/usr/bin/env node
// `npm run soak [-- --faults N --seed S]`: random faults on a real lab, judged by its ledger and its invariants.
import './lib/node-version.mjs'
const { soak } = await import('./lib/soak.mjs')
await soak(process.argv.slice(2))
