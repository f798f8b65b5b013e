import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { appRoot } from '../util/app-root.js'

export const imageRepository = 'pg-ha-dojo/host'

/** One file of the build context. Folders come into being through their files. */
export interface RecipeFile {
  /** Relative to docker/, with forward slashes. */
  path: string
  mode: 0o644 | 0o755
  content: Buffer
  /** Set for a symbolic link; `content` is empty then. */
  linkTo?: string
}

/** Not sent to the engine, so not part of what the image is made of. */
const leftOut = (path: string): boolean => path === 'base' || path.endsWith('.md') || path === '.DS_Store'

export const recipeFolder = (): string => join(appRoot(), 'docker')

/** Everything the host image is built from, sorted by path. */
export function readRecipe(folder: string = recipeFolder()): RecipeFile[] {
  const files: RecipeFile[] = []
  const walk = (relative: string): void => {
    for (const name of readdirSync(join(folder, relative))) {
      const path = relative ? `${relative}/${name}` : name
      if (leftOut(path)) continue
      const full = join(folder, path)
      const stat = lstatSync(full)
      if (stat.isDirectory()) walk(path)
      else if (stat.isSymbolicLink())
        files.push({ path, mode: 0o644, content: Buffer.alloc(0), linkTo: readlinkSync(full) })
      else if (stat.isFile()) {
        const content = readFileSync(full)
        // what git keeps: executable or not. Systems without that bit know scripts by their first two bytes
        const executable = (stat.mode & 0o100) !== 0 || content.subarray(0, 2).toString() === '#!'
        files.push({ path, mode: executable ? 0o755 : 0o644, content })
      }
    }
  }
  walk('')
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** `pg-ha-dojo/host:` and 12 hexadecimal digits that change when, and only when, the recipe does. */
export function recipeTag(files: readonly RecipeFile[] = readRecipe()): string {
  const hash = createHash('sha256')
  for (const { path, mode, content, linkTo } of files) {
    hash.update(JSON.stringify([path, mode, linkTo ?? null, content.length]))
    hash.update(content)
  }
  return `${imageRepository}:${hash.digest('hex').slice(0, 12)}`
}

/** The build context as a tar stream. Times are fixed, so that the engine's layer cache holds between checkouts. */
export function recipeTar(files: readonly RecipeFile[]): Readable {
  const tar = pack()
  for (const { path, mode, content, linkTo } of files) {
    const common = { name: path, mode, mtime: new Date(0), uid: 0, gid: 0 }
    if (linkTo === undefined) tar.entry({ ...common, size: content.length }, content)
    else tar.entry({ ...common, type: 'symlink', linkname: linkTo })
  }
  tar.finalize()
  return tar as unknown as Readable
}
