import { homedir } from 'node:os'
import { join } from 'node:path'

/** Folder of everything that the app keeps between runs: labs/<name>/, attempts, logs. `DOJO_HOME` moves it. */
export const dojoHome = (): string => process.env['DOJO_HOME'] || join(homedir(), '.pg-ha-dojo')
