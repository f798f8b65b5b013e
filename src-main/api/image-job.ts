import type { ImageProgress } from '../contract/doctor.js'
import { ensureHostImage } from '../docker/image-build.js'
import { latest, type Gives } from './pace.js'

export interface ImageJob {
  /** Builds the host image where it is missing, or joins the build that runs; ends when the image is there. */
  watch(signal?: AbortSignal): AsyncGenerator<ImageProgress>
  running(): boolean
}

/** One build at a time, which goes on whoever watches. */
export function createImageJob(changed: () => void): ImageJob {
  const watchers = new Set<Gives<ImageProgress>>()
  let last: ImageProgress | null = null
  let running: Promise<void> | null = null

  const build = async (): Promise<void> => {
    let outcome: unknown
    try {
      await ensureHostImage({
        onProgress: (progress) => {
          last = progress
          for (const { put } of watchers) put(progress)
        },
      })
    } catch (error) {
      outcome = error
    }
    running = null
    for (const { end } of watchers) end(outcome)
    changed()
  }
  return {
    watch: (signal) =>
      latest<ImageProgress>((gives) => {
        watchers.add(gives)
        if (running && last) gives.put(last)
        if (!running) {
          last = null
          running = build()
          changed()
        }
        return () => watchers.delete(gives)
      }, signal),
    running: () => running !== null,
  }
}
