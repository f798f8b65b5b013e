import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Topology } from '../contract/topology.js'
import { appRoot } from '../util/app-root.js'

const dataFolder = (): string => join(appRoot(), 'labs', 'data')

/** Whether there is such a file to load. */
export const isLoadable = (file: string): boolean => existsSync(join(dataFolder(), file))

/** The SQL that a topology loads at birth. */
export async function loadedSql({ load }: Topology): Promise<{ load?: string }> {
  return load === undefined ? {} : { load: await readFile(join(dataFolder(), load), 'utf8') }
}
