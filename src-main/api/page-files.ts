import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { appRoot } from '../util/app-root.js'
import { pageHeaders } from './guard.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

/** Where the built page is. */
export const pageFolder = (): string => join(appRoot(), 'out', 'renderer')

export interface PageFile {
  status: 200 | 404
  headers: Record<string, string>
  body: Buffer
}

/**
 * Path inside the page's folder that a URL's path names, or null when it leaves it. Decoded once: what still holds an
 * escape after that is a name, and names no file of ours.
 */
export function containedPath(folder: string, urlPath: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(urlPath)
  } catch {
    return null
  }
  if (!decoded.startsWith('/') || /[\0\\]/.test(decoded)) return null
  const parts = decoded.split('/').filter((part) => part !== '')
  if (parts.some((part) => part.startsWith('.') || part.includes(':'))) return null
  return join(folder, ...(parts.length === 0 ? ['index.html'] : parts))
}

/** The file that a URL's path names, with the headers that every answer carries; 404 for whatever is not of the page. */
export async function readPageFile(urlPath: string, folder: string): Promise<PageFile> {
  const missing: PageFile = {
    status: 404,
    headers: { ...pageHeaders, 'content-type': 'text/plain; charset=utf-8' },
    body: Buffer.from('Not found\n'),
  }
  const path = containedPath(folder, urlPath)
  if (path === null) return missing
  try {
    // a link inside the folder may not lead out of it
    const [real, root] = await Promise.all([realpath(path), realpath(folder)])
    if (!real.startsWith(root + sep) || !(await stat(real)).isFile()) return missing
    const type = types[extname(real)]
    if (!type) return missing
    const lasting = /\/assets\//.test(urlPath) ? 'public, max-age=31536000, immutable' : 'no-cache'
    const headers = { ...pageHeaders, 'content-type': type, 'cache-control': lasting }
    return { status: 200, headers, body: await readFile(real) }
  } catch {
    return missing
  }
}
