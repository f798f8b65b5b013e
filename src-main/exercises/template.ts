import type { Scalar } from '../checks/index.js'

const placeholder = /\{\{\s*([a-z][a-zA-Z0-9]*)\s*\}\}/g
const whole = /^\{\{\s*([a-z][a-zA-Z0-9]*)\s*\}\}$/

/** Variables that every exercise has. */
export const builtIn = ['lab', 'scope', 'topology'] as const

export type Variables = Readonly<Record<string, Scalar>>

/** Names of the variables in a text, with where they start. */
export function placeholdersIn(text: string): { name: string; index: number }[] {
  return [...text.matchAll(placeholder)].map((match) => ({ name: match[1] ?? '', index: match.index }))
}

/** A text with its variables filled in. One that is not known yet reads as "...". */
export const fillText = (text: string, variables: Variables): string =>
  text.replace(placeholder, (_, name: string) => String(variables[name] ?? '...'))

/**
 * Any value of content with its variables filled in, in keys as well. A text that is nothing but one variable becomes
 * its value, so that "{{oldTimeline}}" stays a number.
 */
export function fill<T>(value: T, variables: Variables): T {
  if (typeof value === 'string') {
    const name = whole.exec(value)?.[1]
    const bound = name === undefined ? undefined : variables[name]
    return (bound === undefined ? fillText(value, variables) : bound) as T
  }
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, variables)) as T
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [fillText(key, variables), fill(item as unknown, variables)]),
    ) as T
  }
  return value
}

/** Every text inside a value, with its path. */
export function* textsIn(
  value: unknown,
  path: readonly PropertyKey[] = [],
): Generator<{ text: string; path: readonly PropertyKey[] }> {
  if (typeof value === 'string') yield { text: value, path }
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, [...path, index])
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      yield { text: key, path: [...path, key] }
      yield* textsIn(item, [...path, key])
    }
  }
}
