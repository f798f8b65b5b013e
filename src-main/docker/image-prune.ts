import type { ContainerInfo, ImageInfo } from 'dockerode'
import type { PrunedImages } from '../contract/doctor.js'
import { connectDocker } from './engine.js'
import { imageRepository } from './image-recipe.js'
import { hostImageTag } from './image-status.js'
import { label, product } from './labels.js'

/** `names`: its tags, or its id where it has none. */
interface OldImage {
  names: string[]
  bytes: number
}

/**
 * Of the images with our label those that no container uses and this checkout does not need: what older recipes made, and
 * the layers that a build leaves behind.
 */
export function oldOf(
  images: readonly Pick<ImageInfo, 'Id' | 'RepoTags' | 'Size'>[],
  containers: readonly Pick<ContainerInfo, 'ImageID'>[],
  needed: string,
): OldImage[] {
  const used = new Set(containers.map(({ ImageID }) => ImageID))
  return images.flatMap(({ Id: id, RepoTags, Size: bytes }) => {
    // an engine says null or <none>:<none> of what has no tag; a tag that somebody else gave is a reason to keep it
    const tags = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>')
    const isOurs = tags.every((tag) => tag.startsWith(`${imageRepository}:`))
    return isOurs && !used.has(id) && !tags.includes(needed) ? [{ names: tags.length > 0 ? tags : [id], bytes }] : []
  })
}

/** What `pruneImages` would remove. `bytes` counts layers that images share more than once, as the engine does. */
export async function oldImages(): Promise<OldImage[]> {
  const docker = await connectDocker()
  const images = await docker.listImages({ filters: { label: [`${label.product}=${product}`] } })
  return oldOf(images, await docker.listContainers({ all: true }), hostImageTag())
}

/** Removes them. One that came into use meanwhile stays: the engine refuses to remove it. */
export async function pruneImages(): Promise<PrunedImages> {
  const docker = await connectDocker()
  const removed: PrunedImages['removed'] = []
  for (const { names, bytes } of await oldImages()) {
    try {
      for (const name of names) await docker.getImage(name).remove()
      removed.push({ name: names.join(', '), bytes })
    } catch (error) {
      const { statusCode } = error as { statusCode?: number }
      if (statusCode !== 404 && statusCode !== 409) throw error
    }
  }
  return { removed }
}
