import { join } from 'node:path'
import { z } from 'zod'
import { pitrMode, pitrStep, pitrTarget, pitrView, type PitrView } from '../contract/backup.js'
import { readJsonIfAny, writeJsonAtomic } from '../util/atomic-file.js'
import { stepsOf, useOf, type Recovery } from './pitr-steps.js'

const recoverySpec = z.object({
  mode: pitrMode,
  target: pitrTarget,
  candidates: z.array(z.string()).min(1),
  spare: z.string(),
  production: z
    .object({ host: z.string(), systemId: z.string(), timeline: z.number(), archives: z.boolean().default(true) })
    .nullable(),
  replicas: z.array(z.string()),
  scope: z.string(),
  leader: z.string(),
  walDisk: z.boolean().default(false), // files of before this and what follows was asked lack them
  repository: z.int().nullable().default(null),
  otherRepositories: z.array(z.string()).default([]),
})

/** How far each step is; what it consists of follows from the recovery. */
const progressSpec = z.record(z.string(), pitrStep.pick({ state: true, seconds: true, observed: true }))

/** What the lab's folder holds of a recovery. Written before anything is done, so that whoever comes later can go on. */
export const pitrFile = z.object({
  recovery: recoverySpec,
  database: z.string(),
  state: pitrView.shape.state,
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  error: pitrView.shape.error,
  progress: progressSpec,
})
export type PitrFile = z.infer<typeof pitrFile>

const fileOf = (dir: string): string => join(dir, 'pitr.json')

export const readPitr = (dir: string): Promise<PitrFile | null> => readJsonIfAny(fileOf(dir), pitrFile)
export const writePitr = (dir: string, file: PitrFile): Promise<void> => writeJsonAtomic(fileOf(dir), file)

export const newPitr = (recovery: Recovery, database: string): PitrFile => ({
  recovery,
  database,
  state: 'planned',
  startedAt: Date.now(),
  endedAt: null,
  error: null,
  progress: {},
})

/** As screens show it. */
export function pitrViewOf({ recovery, database, progress, ...file }: PitrFile): PitrView {
  const over = file.state === 'done'
  return {
    mode: recovery.mode,
    target: recovery.target,
    backup: recovery.candidates[0]!,
    spare: recovery.spare,
    leader: recovery.mode === 'whole' ? recovery.leader : null,
    ...file,
    steps: stepsOf(recovery).map(({ id, title, why, commands }) => ({
      id,
      title,
      why,
      commands: commands.map(({ on, run }) => ({ on, run })),
      ...(progress[id] ?? { state: 'waiting' as const, seconds: null, observed: null }),
    })),
    use: over || file.state === 'planned' ? useOf(recovery, database) : [],
  }
}
