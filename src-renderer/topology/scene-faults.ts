import type { FaultRecord } from '../../src-main/contract/fault.js'
import { agoText, momentText } from '../timeline/words.js'
import { byWords, type Fact, type SceneInput } from './scene-base.js'
import { isWorking, kindWords, reachOf } from './scene-cuts.js'

/** A fault that works now on something that runs: the picture's key to its marks. */
export interface FaultView {
  id: string
  target: string
  /** "partition pg1". */
  words: string
  /** "everything, both ways": what it reaches; empty where the kind says it all. */
  reach: string
  /** "24 s, by you". */
  since: string
  explain: string
}

const fromWhom = (fault: FaultRecord): string => byWords[fault.by].trim()

/** Faults whose host does not say them itself: a box that is down or frozen names its own. */
function working({ state }: SceneInput): FaultRecord[] {
  const away = state.hosts.filter(({ role }) => role === 'down' || role === 'frozen').map(({ name }) => name)
  return state.faults.filter((fault) => isWorking(fault) && !(away.includes(fault.target) && !fault.cuts?.length))
}

export function faultsOf(input: SceneInput): FaultView[] {
  const { now, zero } = input
  return working(input).map((fault) => {
    const reach = reachOf(fault) ?? ''
    const at = momentText(fault.appliedAt - zero)
    return {
      id: fault.id,
      target: fault.target,
      words: `${kindWords(fault)} ${fault.target}`,
      reach,
      since: `${agoText(now - fault.appliedAt)}, ${fromWhom(fault)}`,
      explain: `${fault.did ?? `${kindWords(fault)} on ${fault.target}`}, ${fromWhom(fault)} at ${at}${
        reach && !fault.did ? `: ${reach}` : ''
      }.`,
    }
  })
}

/** What a running host's own box says of the faults on it. */
export function faultFacts(input: SceneInput, host: string): Fact[] {
  return working(input)
    .filter(({ target }) => target === host)
    .map((fault) => ({
      text: `${kindWords(fault)} ${fromWhom(fault)}`,
      short: kindWords(fault),
      tone: 'fault',
      value: agoText(input.now - fault.appliedAt),
      valueTone: 'fault',
    }))
}
