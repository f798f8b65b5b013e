import type { ImageProgress } from '../contract/doctor.js'

export interface BuildOptions {
  onProgress?: (progress: ImageProgress) => void
  /** Every line that the tools behind it print, for a log. */
  onLine?: (line: string) => void
  signal?: AbortSignal
}

/** Says in which phase and step a build is; the clock starts with the reporter. */
export function progressOf(options: BuildOptions) {
  const startedAt = performance.now()
  let at = { phase: '', step: 0, steps: 0 }
  const seconds = (): number => Math.round((performance.now() - startedAt) / 100) / 10
  return {
    seconds,
    enter: (phase: string, step: number, steps: number, line: string): void => {
      at = { phase, step, steps }
      options.onProgress?.({ ...at, line, seconds: seconds() })
    },
    line: (line: string): void => {
      options.onLine?.(line)
      if (at.phase) options.onProgress?.({ ...at, line, seconds: seconds() })
    },
  }
}
export type Progress = ReturnType<typeof progressOf>
