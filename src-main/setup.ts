import { engineFacts } from './docker/engine-facts.js'
import { ensureEngine } from './docker/engine-install.js'
import { ensureHostImage } from './docker/image-build.js'
import { requireRoom } from './doctor/limits.js'

/** What a phase of setup/lib/report.mjs gets, and what it returns. */
export interface PhaseTools {
  step: (words: string) => void
  line: (words: string) => void
}
export type PhaseResult = { summary: string; idle: boolean }

/** Finds the engine, or starts or installs one, and makes sure that a lab fits on this machine. */
export async function prepareEngine(
  { step, line }: PhaseTools,
  confirm?: (question: string) => Promise<boolean>,
): Promise<PhaseResult> {
  let did = false
  const say = (words: string): void => {
    did = true
    step(words)
  }
  const { from, version, where } = await ensureEngine({ say, onLine: line, ...(confirm && { confirm }) })
  requireRoom(await engineFacts())
  return { summary: `${from} ${version} at ${where}`, idle: !did }
}

/** Makes the base image and the host image where they are missing. */
export async function prepareImage({ step, line }: PhaseTools): Promise<PhaseResult> {
  let last = ''
  const { tag, built } = await ensureHostImage({
    onLine: line,
    onProgress: ({ phase, step: at, steps, line: words }) => {
      const where = `${phase}${steps > 0 ? ` ${at}/${steps}` : ''}`
      if (where === last) return
      last = where
      step(`${where}: ${words.replaceAll(/\s+/g, ' ').slice(0, 80)}`)
    },
  })
  return { summary: `${tag}${built ? ' built' : ''}`, idle: !built }
}

/** For the test run: the packages that its browser comes from, and the removal of whatever its labs left behind. */
export { aptInstall, canInstall } from './docker/apt.js'
export { sweepHomesBelow } from './docker/sweep.js'
