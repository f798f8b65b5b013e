import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { exerciseSummary } from '../contract/exercise.js'
import type { HomeView } from '../contract/rpc.js'
import { appRoot } from '../util/app-root.js'

const entry = z.strictObject({
  number: exerciseSummary.shape.number,
  group: z.enum(['Read', 'Move', 'Break', 'Recover', 'Protect', 'Operate']),
  minutes: z.int().min(1),
  title: z.string().min(1),
  within: z.int().optional().describe('The exercise of that number teaches this one too'),
})
export const curriculum = z
  .array(entry)
  .refine((all) => all.every(({ number }, index) => number === index + 1), 'numbers go up from 1, without a gap')

export const curriculumFile = (): string => join(appRoot(), 'labs', 'curriculum.yaml')

/** The whole curriculum, from labs/curriculum.yaml. @throws a ZodError when the file is not as it should be */
export async function readCurriculum(file = curriculumFile()): Promise<z.infer<typeof curriculum>> {
  return curriculum.parse(parse(await readFile(file, 'utf8')))
}

/** What is still to come: entries that no exercise teaches. */
export function planned(all: z.infer<typeof curriculum>, there: readonly { number: number }[]): HomeView['planned'] {
  const isThere = (number: number): boolean => there.some((exercise) => exercise.number === number)
  return all.flatMap(({ within, ...entry }) =>
    isThere(entry.number) || (within !== undefined && isThere(within)) ? [] : [entry],
  )
}
