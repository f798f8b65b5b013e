import { evaluate, readValue, type CheckContext } from '../checks/index.js'
import type { StepView } from '../contract/exercise.js'
import type { StepSpec } from './format.js'

type Diagnosis = NonNullable<StepView['diagnosis']>
type DiagnosisSpec = StepSpec['diagnoses'][number]

/** The first diagnosis whose condition holds now. What could not be asked diagnoses nothing. */
export async function diagnose(specs: readonly DiagnosisSpec[], context: CheckContext): Promise<Diagnosis | null> {
  const verdicts = await Promise.all(specs.map((spec) => evaluate(spec.when, context)))
  const index = verdicts.findIndex((verdict) => verdict.verdict === 'pass')
  const spec = specs[index]
  if (!spec) return null
  const compare = await compared(spec, context)
  return { id: spec.id, title: spec.title, says: spec.says, ...(compare.length > 0 ? { compare } : {}) }
}

async function compared(
  { compare = [] }: DiagnosisSpec,
  context: CheckContext,
): Promise<NonNullable<Diagnosis['compare']>> {
  const rows = await Promise.all(
    compare.map(async ({ label, note, seconds }) => {
      // a number, a variable that was one, or a live value
      const direct = typeof seconds === 'string' && /^\d/.test(seconds) ? Number(seconds) : seconds
      if (typeof direct === 'number') return { label, note, seconds: direct }
      const read = await readValue(direct as Parameters<typeof readValue>[0], context)
      return read.ok && typeof read.value === 'number' ? { label, note, seconds: read.value } : null
    }),
  )
  return rows.filter((row) => row !== null)
}
