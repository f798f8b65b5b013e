import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { z } from 'zod'

/**
 * Replaces a file as a whole: a reader sees the old content or the new, never half of it, and neither does a reader
 * after a crash. Makes the folder. Mode 0600 unless told otherwise.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Writes a value as indented JSON, atomically. */
export const writeJsonAtomic = (path: string, value: unknown, mode?: number): Promise<void> =>
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, mode)

/** A file's text, or null when there is no such file. Other failures are thrown. */
export async function readTextIfAny(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** A JSON file's value by its schema, or null when there is no such file. Throws on a file that does not fit. */
export async function readJsonIfAny<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | null> {
  const text = await readTextIfAny(path)
  return text === null ? null : schema.parse(JSON.parse(text))
}
