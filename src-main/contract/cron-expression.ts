interface Field {
  name: string
  from: number
  to: number
  /** Words that stand for a whole field's value. */
  words?: readonly string[]
}

const fields: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  {
    name: 'month',
    from: 1,
    to: 12,
    words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of the week', from: 0, to: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]

/** What is wrong with a cron expression, in words; null when cron takes it. Cron itself would skip the line, in silence. */
export function cronProblem(text: string): string | null {
  const parts = text.split(' ')
  if (parts.length !== fields.length || parts.includes('')) {
    return `${fields.length} fields with one space between them: ${fields.map(({ name }) => name).join(', ')}; for example "0 3 * * 0", Sundays at 03:00`
  }
  for (const [i, field] of fields.entries()) {
    const problem = fieldProblem(parts[i]!, field)
    if (problem) return problem
  }
  return null
}

function fieldProblem(part: string, { name, from, to, words }: Field): string | null {
  if (words?.includes(part.toLowerCase())) return null
  const range = `${from} to ${to}`
  for (const item of part.split(',')) {
    const [, first, last, step] = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(item) ?? [null]
    if (step === undefined && first === undefined && item !== '*')
      return `${name} "${item}": a number from ${range}, *, a range such as ${from}-${to}, or steps such as */5`
    const numbers = [first, last].flatMap((number) => (number === undefined ? [] : [Number(number)]))
    if (numbers.some((number) => number < from || number > to)) return `${name} "${item}": ${range}`
    if (last !== undefined && Number(first) > Number(last)) return `${name} "${item}": it ends before it begins`
    if (step === undefined) continue
    if (first !== undefined && last === undefined) return `${name} "${item}": steps go with * or a range`
    if (Number(step) < 1 || Number(step) > to) return `${name} "${item}": a step from 1 to ${to}`
  }
  return null
}
