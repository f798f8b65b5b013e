import { poll } from '../cadence.js'
import { engineClock } from '../clocks.js'
import { reading } from '../reading.js'
import type { ObserverInput } from '../watcher.js'
import type { SourceContext } from './context.js'

/** The engine gathers much else for this answer. */
const everyMs = 60_000
/** An answer that took longer says too little: it is asked again soon. */
const goodMs = 20
const soonMs = 5_000
/** Whatever happens, and wakes everybody: it is not asked again before this. */
const soonestMs = 2_000

/** What the engine's clock shows, once a minute: on another machine, or in a virtual one, it is not this machine's. */
export async function followEngineClock(
  context: SourceContext,
  engineTime: ObserverInput['engineTime'],
): Promise<void> {
  const { cadence, signal, now, fact } = context
  if (!engineTime) return
  let askedAt = -Infinity
  let half = Infinity
  const read = async (): Promise<void> => {
    if (performance.now() - askedAt < soonestMs) return
    askedAt = performance.now()
    const said = await reading(engineTime)
    if (signal.aborted || !said.ok) return
    half = said.ageMs
    fact({ t: now() - half, half, source: 'clock', clock: engineClock, said: said.value })
  }
  await poll({ everyMs: () => (half > goodMs ? soonMs : everyMs), read, cadence, signal })
}
