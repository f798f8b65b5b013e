import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { appRoot } from './app-root.js'

let known: string | undefined

/** Version of this app, from its package.json. */
export const appVersion = (): string =>
  (known ??= (JSON.parse(readFileSync(join(appRoot(), 'package.json'), 'utf8')) as { version: string }).version)
