import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import { DojoError } from '../contract/errors.js'
import { connectDocker } from './engine.js'
import { engineSays } from './errors.js'
import { followEngine } from './engine-stream.js'
import { hostImageTag, inspectImage, requireImage } from './image-status.js'

/** How a bundle is packed, by the end of its name. zstd needs Node 22.15; gzip is everywhere. */
function packing(file: string) {
  const plain = { compress: () => new PassThrough(), decompress: () => new PassThrough() }
  if (/\.t(ar\.)?gz$/.test(file)) {
    return { compress: () => zlib.createGzip({ level: 6 }), decompress: () => zlib.createGunzip() }
  }
  if (!/\.(tar\.)?zst$/.test(file)) return plain
  const modern = zlib as unknown as {
    createZstdCompress?: () => NodeJS.ReadWriteStream
    createZstdDecompress?: () => NodeJS.ReadWriteStream
  }
  const { createZstdCompress, createZstdDecompress } = modern
  if (createZstdCompress && createZstdDecompress)
    return { compress: createZstdCompress, decompress: createZstdDecompress }
  throw new DojoError('usage', {
    what: `${file} asks for zstd`,
    why: `Node ${process.versions.node} can't do zstd (22.15 and later can)`,
    next: 'Use a name that ends in .tar.gz or .tar',
  })
}

/**
 * Writes the host image into a file for rooms without internet: .tar, .tar.gz, or .tar.zst. The file appears when it
 * is whole.
 */
export async function exportImage(file: string): Promise<{ tag: string; file: string; bytes: number }> {
  const { compress } = packing(file)
  const tag = await requireImage()
  const image = (await connectDocker()).getImage(tag)
  const partial = `${file}.partial`
  try {
    await pipeline(await image.get(), compress(), createWriteStream(partial))
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw cannot(`Writing ${file} failed`, error, 'Check that the folder exists and has about 350 MB free, then retry')
  }
  return { tag, file, bytes: (await stat(file)).size }
}

/**
 * Loads a bundle into the engine.
 * @returns the tags it held, and whether the image that this checkout needs is there now
 */
export async function importImage(file: string): Promise<{ tags: string[]; needed: string; current: boolean }> {
  const { decompress } = packing(file)
  const docker = await connectDocker()
  const tags: string[] = []
  try {
    await stat(file)
    const unpacked = decompress()
    const loading = docker.loadImage(unpacked as Readable)
    await Promise.all([
      pipeline(createReadStream(file), unpacked, { end: true }),
      loading.then((stream) =>
        followEngine(stream, ({ stream: text = '' }) => {
          const tag = /^Loaded image: (\S+)/.exec(text)?.[1]
          if (tag) tags.push(tag)
        }),
      ),
    ])
  } catch (error) {
    throw cannot(`Loading ${file} failed`, error, 'Check that it came from `npx dojo image export`, then retry')
  }
  const needed = hostImageTag()
  return { tags, needed, current: (await inspectImage(docker, needed)) !== null }
}

const cannot = (what: string, error: unknown, next: string): DojoError =>
  new DojoError((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'usage' : 'image-build-failed', {
    what,
    why: engineSays(error),
    next,
  })
