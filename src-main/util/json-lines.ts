import { createReadStream } from 'node:fs'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createInterface } from 'node:readline'

export interface JsonLinesFile {
  /** Adds one value as one line. Resolves when the operating system has it; `sync` waits for the disk as well. */
  append(value: unknown, options?: { sync?: boolean }): Promise<void>
  /** Resolves when everything appended so far is with the operating system. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens an append-only file of JSON lines and hands every whole line to `onLine`. A writer that was killed leaves a torn
 * last line: it is cut off, and `torn` says how many bytes that were. Lines in the middle that are no JSON are counted
 * in `unreadable`, and kept in the file.
 */
export async function openJsonLines(
  path: string,
  onLine: (value: unknown) => void,
): Promise<JsonLinesFile & { torn: number; unreadable: number }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const handle = await open(path, 'a+', 0o600)
  const { torn } = await cutTornLine(handle)
  const unreadable = await readLines(path, onLine)
  let queue: string[] = []
  let syncWanted = false
  let writing: Promise<void> = Promise.resolve()
  let scheduled = false
  let closed = false

  const drain = async (): Promise<void> => {
    scheduled = false
    const text = queue.join('')
    const sync = syncWanted
    queue = []
    syncWanted = false
    if (text) await handle.appendFile(text)
    if (sync) await handle.datasync()
  }
  return {
    torn,
    unreadable,
    append(value, { sync = false } = {}) {
      if (closed) return Promise.reject(new Error(`${path} is closed`))
      queue.push(`${JSON.stringify(value)}\n`)
      syncWanted ||= sync
      if (!scheduled) {
        scheduled = true
        // one write per turn of the event loop, in order; a failed write fails its own callers and not the later ones
        writing = writing.catch(() => undefined).then(drain)
      }
      return writing
    },
    flush: () => writing,
    async close() {
      if (closed) return
      closed = true
      await writing.catch(() => undefined)
      await handle.close()
    },
  }
}

/** Another process may be in the middle of a line right now; a torn one stays as it is. */
const unfinishedForMs = 100

async function cutTornLine(handle: FileHandle): Promise<{ torn: number }> {
  const end = await endOfLines(handle)
  const { size } = await handle.stat()
  if (end === size) return { torn: 0 }
  await pause(unfinishedForMs)
  if ((await handle.stat()).size !== size) return { torn: 0 }
  await handle.truncate(end)
  return { torn: size - end }
}

/** Where the last whole line ends. */
async function endOfLines(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat()
  const chunk = Buffer.alloc(64 * 1024)
  let end = size
  while (end > 0) {
    const from = Math.max(0, end - chunk.length)
    const { bytesRead } = await handle.read(chunk, 0, end - from, from)
    const newline = chunk.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (newline >= 0) return from + newline + 1
    end = from
  }
  return 0
}

async function readLines(path: string, onLine: (value: unknown) => void): Promise<number> {
  let unreadable = 0
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })
  for await (const line of lines) {
    if (line === '') continue
    try {
      onLine(JSON.parse(line))
    } catch {
      unreadable++
    }
  }
  return unreadable
}
