import type Docker from 'dockerode'
import type { ImageStatus } from '../contract/doctor.js'
import { DojoError } from '../contract/errors.js'
import { connectDocker } from './engine.js'
import { buildLock } from './image-lock.js'
import { recipeTag } from './image-recipe.js'

/** Facts about an image, or null when the engine does not hold it. */
export async function inspectImage(docker: Docker, tag: string): Promise<Docker.ImageInspectInfo | null> {
  try {
    return await docker.getImage(tag).inspect()
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null
    throw error
  }
}

let recipe: string | undefined

/** Tag of the host image that this checkout's recipe makes. Read once per process. */
export const hostImageTag = (): string => (recipe ??= recipeTag())

/** Whether the image that this checkout needs is there, missing, or being built (by any process on this machine). */
export async function imageStatus(): Promise<ImageStatus> {
  const tag = hostImageTag()
  const image = await inspectImage(await connectDocker(), tag)
  if (image) return { tag, state: 'current', sizeBytes: image.Size }
  return { tag, state: buildLock(tag).holder() === null ? 'missing' : 'building', sizeBytes: null }
}

/** @throws DojoError image-missing, for actions that need the image now */
export async function requireImage(): Promise<string> {
  const { tag, state } = await imageStatus()
  if (state === 'current') return tag
  throw new DojoError('image-missing', {
    what: `The host image ${tag} is not there`,
    why: state === 'building' ? 'it is being built' : 'it was never built, or the recipe in docker/ changed',
    next: state === 'building' ? 'Wait for the build, then retry' : 'Run `npx dojo image build`',
  })
}
