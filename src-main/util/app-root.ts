import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The folder that holds labs/ and docker/: the checkout, or the resources of a packaged app. Found from where the
 * running file is, because sources, bundles and packages sit at different depths.
 */
export function appRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'docker', 'Dockerfile')) && existsSync(join(folder, 'labs'))) return folder
    if (dirname(folder) === folder) throw new Error(`labs/ and docker/ are in no folder above ${from}`)
  }
}
