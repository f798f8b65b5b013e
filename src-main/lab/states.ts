import type { LabState } from '../contract/lab.js'

/** What can happen to a lab as a whole. */
export const labChanges = [
  'up',
  'answered',
  'gave-up',
  'cancelled',
  'found-whole',
  'found-half',
  'disks-lost',
  'down',
  'gone',
] as const
export type LabChange = (typeof labChanges)[number]

interface Transition {
  from: LabState | 'absent'
  change: LabChange
  to: LabState | 'absent'
  /** When this happens. */
  when: string
}

/** The life of a lab. Whatever is not listed can't happen, and is a bug. */
export const transitions: readonly Transition[] = [
  { from: 'absent', change: 'up', to: 'booting', when: 'its name is taken and its folder written' },
  { from: 'booting', change: 'answered', to: 'healthy', when: 'SQL on the client route says so' },
  { from: 'booting', change: 'gave-up', to: 'failed', when: 'all hosts run, but it did not become healthy in time' },
  { from: 'booting', change: 'cancelled', to: 'removing', when: 'somebody cancelled, or a host could not be made' },
  { from: 'booting', change: 'found-whole', to: 'booting', when: 'the app died, every host is there: go on waiting' },
  { from: 'booting', change: 'found-half', to: 'removing', when: 'the app died before every host was there' },
  { from: 'booting', change: 'down', to: 'removing', when: 'it is removed after its app died' },
  { from: 'healthy', change: 'down', to: 'removing', when: 'it is removed' },
  {
    from: 'healthy',
    change: 'disks-lost',
    to: 'failed',
    when: 'the engine ended, and with it disks that were in memory',
  },
  { from: 'failed', change: 'disks-lost', to: 'failed', when: 'the same, and it had failed before' },
  { from: 'failed', change: 'down', to: 'removing', when: 'it is removed' },
  { from: 'removing', change: 'down', to: 'removing', when: 'a removal that was interrupted goes on' },
  { from: 'removing', change: 'gone', to: 'absent', when: 'the engine holds nothing of it and its folder is gone' },
]

/** The state after a change that leaves a lab. Throws on a change that the table does not allow. */
export function stateAfter(from: LabState | 'absent', change: Exclude<LabChange, 'gone'>): LabState {
  const found = transitions.find((row) => row.from === from && row.change === change)
  if (!found || found.to === 'absent') throw new Error(`a lab that is ${from} can't change by "${change}"`)
  return found.to
}

/** The table as a Mermaid diagram, for docs/lab-states.md; a unit test compares the two. */
export const diagram = (): string =>
  `stateDiagram-v2\n${transitions
    .map(
      ({ from, change, to }) =>
        `  ${from === 'absent' ? '[*]' : from} --> ${to === 'absent' ? '[*]' : to}: ${change}\n`,
    )
    .join('')}`
