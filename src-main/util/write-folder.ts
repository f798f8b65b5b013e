import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DojoError } from '../contract/errors.js'

/** A file of a folder; its path is relative, with forward slashes. */
export interface FolderFile {
  path: string
  content: string
  mode: number
}

/**
 * Makes a folder of files, whole or not at all: they are written beside it, and it is renamed last. A folder that is
 * there already must be empty.
 * @throws DojoError folder-unfit
 */
export async function writeFolder(folder: string, files: readonly FolderFile[]): Promise<void> {
  const target = await emptyOrAbsent(resolve(folder))
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    await mkdir(dirname(target), { recursive: true })
    await mkdir(temporary)
    for (const { path, content, mode } of files) {
      const file = join(temporary, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content, { flag: 'wx', mode })
      await chmod(file, mode) // whatever the umask is
    }
    await rmdir(target).catch(() => undefined) // empty, or not there
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw unfit(target, error)
  }
}

/** The folder itself, where the path is a link to one: a link can't be renamed over. */
async function emptyOrAbsent(target: string): Promise<string> {
  let names: string[]
  try {
    names = await readdir(target)
    if (names.length === 0) return await realpath(target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return target
    throw unfit(target, error)
  }
  throw new DojoError('folder-unfit', {
    what: `${target} is not empty`,
    why: `it holds ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}, and nothing of yours is overwritten`,
    next: 'Name another folder, or empty that one',
  })
}

function unfit(target: string, error: unknown): DojoError {
  if (error instanceof DojoError) return error
  const { code, message } = error as NodeJS.ErrnoException
  const known: Record<string, string> = {
    EACCES: 'you may not write there',
    EPERM: 'you may not write there',
    EROFS: 'it is on a disk that can only be read',
    ENOTDIR: 'a part of that path is a file',
    ENOSPC: 'that disk is full',
    EBUSY: 'something is mounted there, so that it can not be replaced: a folder in it can be made',
  }
  return new DojoError(
    'folder-unfit',
    {
      what: `${target} can't be written`,
      why: known[code ?? ''] ?? message,
      next: 'Name a folder that you can write to',
    },
    { cause: error },
  )
}
