/**
 * Size of the host image: as the engine counts it on disk, and as a bundle (`dojo image export`) packed with zstd -3, which
 * is what has to be carried into a room without internet.
 */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { connectDocker } from '../src-main/docker/engine.js'
import { ensureHostImage } from '../src-main/docker/image-build.js'
import { inspectImage } from '../src-main/docker/image-status.js'
import { finish } from './report/finish.js'
import type { Row } from './report/table.js'

/** MB as engines count them: millions of bytes. */
const targets = { disk: 400, packed: 130 }
const { values } = parseArgs({ options: { rounds: { type: 'string' }, json: { type: 'string' } } })
const { tag } = await ensureHostImage()
const docker = await connectDocker()
const facts = await inspectImage(docker, tag)
if (!facts) throw new Error(`the engine does not hold ${tag}`)

/** Bytes that zstd makes of the image as the engine saves it; null where there is no zstd. */
async function packedBytes(): Promise<number | null> {
  const zstd = spawn('zstd', ['-3', '-c', '-q'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    zstd.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(null) : reject(error)))
    zstd.once('exit', resolve)
  })
  let bytes = 0
  zstd.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
  zstd.stdin.on('error', () => undefined) // it ends early only when it is missing or fails, which is told below
  const drained = new Promise((resolve) => zstd.stdout.once('close', resolve))
  ;(await docker.getImage(tag).get()).pipe(zstd.stdin)
  const code = await ended
  if (code === null) return null
  if (code !== 0) throw new Error(`zstd ended with ${code}`)
  await drained
  return bytes
}

const row = (what: string, bytes: number, target: number): Row => ({
  what,
  ours: `${(bytes / 1e6).toFixed(0)} MB`,
  target: `< ${target} MB`,
  met: bytes / 1e6 < target,
  n: 1,
})
const packed = await packedBytes()
await finish(
  {
    name: 'image',
    rows: [
      row('host image on disk', facts.Size, targets.disk),
      packed === null
        ? { what: 'host image with zstd -3', ours: 'no zstd here', met: null, n: 0 }
        : row('host image with zstd -3', packed, targets.packed),
    ],
    details: { tag, bytes: { disk: facts.Size, packed }, targets },
  },
  values.json,
)
