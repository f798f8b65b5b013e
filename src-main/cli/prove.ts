import { join } from 'node:path'
import { openProofLab } from '../api/proof-world.js'
import { requireImage } from '../docker/image-status.js'
import { prove as proveExercises, type ProofReport } from '../exercises/prove.js'
import { dojoHome } from '../util/home.js'
import { logTo } from '../util/log.js'
import { Exit } from './failure.js'
import { count, indent } from './output.js'
import { jsonOption, type Verb } from './verb.js'

export const prove: Verb = (program, { io, json }) => {
  program
    .command('prove')
    .summary('prove exercises on a real lab: idling fails, solutions pass, decoys fail')
    .description(
      'Boots a fresh lab per exercise, proves every step on it, and removes it whatever happens. Exit code 1: not proven.',
    )
    .argument('[slugs...]', 'default: every exercise')
    .option('--step <name>', 'only this step: those before it are solved, those after it left out')
    .option(...jsonOption)
    .action(async (slugs: string[], options: { step?: string; json?: boolean }) => {
      logTo(join(dojoHome(), 'logs', 'prove.log'))
      // a machine that is not fit says nothing about content
      await requireImage()
      const stop = new AbortController()
      const startedAt = performance.now()
      const at = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  `
      const stopListening = io.onInterrupt(() => {
        if (!options.json) io.err('stopping: the lab is removed\n')
        stop.abort()
      })
      const report = await proveExercises(slugs, {
        openLab: openProofLab,
        ...(options.step !== undefined && { step: options.step }),
        signal: stop.signal,
        // progress is for people: with --json it goes where it disturbs no script
        say: (line) => (options.json ? io.err : io.out)(`${at()}${line}\n`),
      })
      stopListening()
      if (options.json) json(report)
      else io.out(reportText(report))
      if (!report.ok) throw new Exit(1)
    })
}

function reportText({ ok, seconds, exercises }: ProofReport): string {
  const failed = exercises.flatMap(({ exercise, steps }) =>
    steps.filter(({ proven }) => !proven).map(({ step, why }) => `${exercise}/${step}\n${indent(why)}\n`),
  )
  const steps = exercises.reduce((sum, each) => sum + each.steps.length, 0)
  if (ok) return `\nproven: ${count(exercises.length, 'exercise')}, ${count(steps, 'step')}, ${seconds} s\n`
  return `\nNOT PROVEN: ${failed.length} of ${count(steps, 'step')}, ${seconds} s\n${failed.join('')}`
}
