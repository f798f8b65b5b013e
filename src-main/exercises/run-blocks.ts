import type { Variables } from './template.js'
import { fillText } from './template.js'

/** A fence that a click types into a terminal: ```sh run on=pg1 */
export interface RunBlock {
  /** Host, or null for the route that clients take (psql only). */
  host: string | null
  kind: 'shell' | 'root' | 'psql'
  text: string
  /** The command asks back: a proof types it, sees the question, and interrupts it. */
  asks: boolean
  line: number
}

const fence = /^```(\w+)[ \t]+run\b([^\n]*)\n([\s\S]*?)^```[ \t]*$/gm

/** Run blocks of a Markdown text, with variables filled in. `problem` says what is wrong with one. */
export function runBlocksIn(markdown: string, variables: Variables = {}): (RunBlock & { problem?: string })[] {
  return [...markdown.matchAll(fence)].map((match) => {
    const [, language = '', rest = '', body = ''] = match
    const line = markdown.slice(0, match.index).split('\n').length
    const words = fillText(rest, variables).trim().split(/\s+/).filter(Boolean)
    const pairs = new Map(words.map((word) => word.split('=', 2) as [string, string | undefined]))
    const on = pairs.get('on')
    const kind = pairs.get('as') ?? (language === 'sql' ? 'psql' : 'shell')
    const unknown = [...pairs.keys()].filter((key) => !['on', 'as', 'asks'].includes(key))
    const problem = !on
      ? 'a run block needs a terminal: on=<host>, or on=client for psql'
      : unknown.length > 0
        ? `unknown word ${unknown.join(', ')}; known are on=, as= and asks`
        : !['shell', 'root', 'psql'].includes(kind)
          ? `as=${kind}: shell, root or psql wanted`
          : on === 'client' && kind !== 'psql'
            ? 'on=client is a psql terminal: use ```sql, or as=psql'
            : body.trim() === ''
              ? 'nothing to run'
              : undefined
    return {
      host: on === 'client' || !on ? null : on,
      kind: kind as RunBlock['kind'],
      text: fillText(body, variables).trim(),
      asks: pairs.has('asks'),
      line,
      ...(problem ? { problem } : {}),
    }
  })
}
