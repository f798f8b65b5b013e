/** Built as out/main/bench-report.js: what setup/lib/bench.mjs needs for the one table at the end. */
export { inWords, missed, tableOf, type Row } from './table.js'
export { machineInWords } from './machine.js'
export type { Result } from './finish.js'
