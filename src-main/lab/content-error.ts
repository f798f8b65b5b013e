import { relative } from 'node:path'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { DojoError } from '../contract/errors.js'

/** One thing that is wrong in a content file, at a place that an editor can jump to. */
export interface ContentProblem {
  file: string
  line: number
  column: number
  message: string
}

export const spellPlace = (file: string, { line, column }: { line: number; column: number }): string =>
  `${file}:${line}:${column}`

const spell = (problem: ContentProblem): string => `${spellPlace(problem.file, problem)}: ${problem.message}`

/** All problems of a file in one error: nobody wants to learn of them one by one. */
export function contentInvalid(what: string, problems: readonly ContentProblem[]): DojoError {
  return new DojoError('content-invalid', {
    what,
    why: problems.map(spell).join('\n'),
    next: problems.length === 1 ? 'Correct that line' : `Correct these ${problems.length} places`,
  })
}

/** YAML text with the positions of everything in it. */
export interface YamlSource {
  file: string
  doc: Document.Parsed
  /** Where a path of keys and indexes begins; the nearest parent when the path itself is absent. */
  place(path: readonly PropertyKey[]): { line: number; column: number }
}

/** @throws DojoError content-invalid with every syntax error */
export function parseYaml(text: string, path: string, version: '1.1' | '1.2' = '1.2'): YamlSource {
  const file = shown(path)
  const lineCounter = new LineCounter()
  const doc = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, version })
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lineCounter.linePos(offset)
    return { line, column: col }
  }
  if (doc.errors.length > 0) {
    const problems = doc.errors.map(({ message, pos }) => ({ file, ...at(pos[0]), message }))
    throw contentInvalid(`${file} is not valid YAML`, problems)
  }
  const place: YamlSource['place'] = (path) => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = doc.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined
      if (node?.range) return at(keyOffset(doc, path.slice(0, depth)) ?? node.range[0])
    }
    return { line: 1, column: 1 }
  }
  return { file, doc, place }
}

/** Where the key of the last step stands: that is what a reader looks for. Undefined in lists. */
function keyOffset(doc: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length === 1 ? doc.contents : (doc.getIn(path.slice(0, -1), true) as unknown)
  const items = (parent as { items?: { key?: { value?: unknown; range?: [number, number, number] } }[] } | null)?.items
  return items?.find(({ key }) => key?.value === path.at(-1))?.key?.range?.[0]
}

/** Checks a value against a schema; every mismatch becomes a problem at its place in the file. */
export function problemsOf(source: YamlSource, error: z.ZodError): ContentProblem[] {
  return error.issues.flatMap((issue) => {
    const where = (issue.path.join('.') || 'the file') as string
    const problem = (path: readonly PropertyKey[], message: string): ContentProblem => ({
      file: source.file,
      ...source.place(path),
      message,
    })
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => problem([...issue.path, key], `"${key}" is not known in ${where}`))
    }
    return [problem(issue.path, `${where}: ${issue.message}`)]
  })
}

const shown = (path: string): string => {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}
