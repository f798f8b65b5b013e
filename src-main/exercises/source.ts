import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'

/** One thing that is wrong in content, where it is, and what would be right. */
export interface ContentError {
  file: string
  line: number
  column: number
  message: string
}

export const inWords = ({ file, line, column, message }: ContentError): string =>
  `${file}:${line}:${column}: ${message}`

/** A YAML file that knows where each of its values stands. */
export interface YamlSource {
  file: string
  knownKeys: readonly string[]
  value: unknown
  errors: ContentError[]
  /** An error at a value; `key: true` points at the key before it. */
  errorAt(path: readonly PropertyKey[], message: string, options?: { key?: boolean }): ContentError
}

/** `knownKeys`: words that a misspelt key may have meant. */
export function readYaml(file: string, content: string, knownKeys: readonly string[] = []): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number, message: string): ContentError => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col), message }
  }
  return {
    file,
    knownKeys,
    value: document.toJS() as unknown,
    errors: [...document.errors, ...document.warnings].map((error) => at(error.pos[0], firstLine(error.message))),
    errorAt: (path, message, { key = false } = {}) => at(offsetOf(document, path, key), message),
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? text

/** Start of the value at a path, or of the nearest thing around it that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[], key: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const here = path.slice(0, length)
    const last = here.at(-1)
    const parent: unknown = length === 1 ? document.contents : document.getIn(here.slice(0, -1), true)
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last))
      const node = key || !pair?.value ? pair?.key : pair.value
      const range = (node as { range?: [number, number, number] | null } | undefined)?.range
      if (range) return range[0]
    }
    const node = document.getIn(here, true) as { range?: [number, number, number] | null } | undefined
    if (node?.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}

/** Everything that a schema holds against a value, each at its place. */
export function schemaErrors(source: YamlSource, issues: readonly z.core.$ZodIssue[]): ContentError[] {
  return issues.flatMap((issue) => errorsOf(source, issue, []))
}

function errorsOf(source: YamlSource, issue: z.core.$ZodIssue, base: readonly PropertyKey[]): ContentError[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      source.errorAt([...path, key], `unknown key "${key}"${nearest(source, path, key)}`, { key: true }),
    )
  }
  if (issue.code === 'invalid_union') {
    // the alternative that came closest says most: the one whose first complaint lies deepest
    const depth = (issues: readonly z.core.$ZodIssue[]): number =>
      Math.min(...issues.map((it) => (it.code === 'unrecognized_keys' ? -1 : it.path.length))) * 100 - issues.length
    const best = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0]
    if (best?.some((it) => it.path.length > 0)) return best.flatMap((it) => errorsOf(source, it, path))
    const wanted = [...new Set(issue.errors.flat().map((it) => it.message.replace(/^Invalid input: /, '')))]
    return [source.errorAt(path, wanted.length > 0 ? wanted.join('; or ') : issue.message)]
  }
  const name = path.at(-1)
  const lacks = issue.code === 'invalid_type' && /received undefined/.test(issue.message)
  const message = lacks
    ? `lacks \`${String(name)}\`: ${issue.expected} wanted`
    : issue.message.replace(/^Invalid input: /, '')
  return [source.errorAt(path, message)]
}

function nearest(source: YamlSource, path: readonly PropertyKey[], key: string): string {
  const close = source.knownKeys.map((word) => ({ word, d: distance(key, word) })).toSorted((a, b) => a.d - b.d)[0]
  return close && close.d <= 2 ? `; did you mean "${close.word}"?` : path.length === 0 ? ' at the top' : ''
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}
