import { DojoError } from '../contract/errors.js'
import type { Verb } from './verb.js'

const verbs: readonly (readonly [verb: string, summary: string])[] = [
  ['checkpoint', 'keep a consistent snapshot of the whole lab'],
  ['rewind', 'take a lab back to a checkpoint'],
  ['checkpoints', 'list the checkpoints of a lab'],
  ['run', 'run a scenario without a screen'],
  ['report', 'write the report of an attempt'],
]

export const laterVerbs = verbs.map(([verb]) => verb)

/** Verbs that are promised and not there yet: they say so, rather than being unknown. */
export const later: Verb = (program) => {
  for (const [verb, summary] of verbs) {
    program
      .command(verb)
      .summary(`${summary} (not in this version)`)
      .argument('[arguments...]')
      .allowUnknownOption()
      .action(() => {
        throw new DojoError('usage', {
          what: `\`dojo ${verb}\` is not in this version`,
          why: `it will ${summary}, and comes later`,
          next: 'See `dojo --help` for what is there',
        })
      })
  }
}
