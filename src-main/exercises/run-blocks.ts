import type { Variables } from './template.js'
import { fillText } from './template.js'

/** A fence that a click types into a terminal: ```sh run on=pg1, or ```sql run for the route that clients take */
export interface RunBlock {
  /** Host, or null for the route that clients take (psql only). */
  host: string | null
  kind: 'shell' | 'root' | 'psql'
  text: string
  /** The command asks back: a proof types it, sees the question, and interrupts it. */
  asks: boolean
  /** It only works once the step is done: a proof runs it then. */
  later: boolean
  line: number
}

const fence = /^```(\w+)[ \t]+run\b([^\n]*)\n([\s\S]*?)^```[ \t]*$/gm

/** Run blocks of a Markdown text, with variables filled in. `problem` says what is wrong with one. */
export function runBlocksIn(markdown: string, variables: Variables = {}): (RunBlock & { problem?: string })[] {
  return [...markdown.matchAll(fence)].map((match) => {
    const [, language = '', rest = '', body = ''] = match
    const line = markdown.slice(0, match.index).split('\n').length
    const words = fillText(rest, variables).trim().split(/\s+/).filter(Boolean)
    const pairs = new Map(
      words.map((word): [string, string | undefined] => [word.split('=')[0] ?? '', word.split('=')[1]]),
    )
    const on = pairs.get('on')
    const onClient = on === undefined || on === 'client'
    const kind = pairs.get('as') ?? (language === 'sql' ? 'psql' : 'shell')
    const unknown = [...pairs.keys()].filter((key) => !['on', 'as', 'asks', 'later'].includes(key))
    const problem =
      unknown.length > 0
        ? `unknown word ${unknown.join(', ')}; known are on=, as=, asks and later`
        : !['shell', 'root', 'psql'].includes(kind)
          ? `as=${kind}: shell, root or psql wanted`
          : onClient && kind !== 'psql'
            ? 'a shell needs a host: on=<host>; only ```sql goes without, by the route that clients take'
            : body.trim() === ''
              ? 'nothing to run'
              : undefined
    return {
      host: onClient ? null : on,
      kind: kind as RunBlock['kind'],
      text: fillText(body, variables).trim(),
      asks: pairs.has('asks'),
      later: pairs.has('later'),
      line,
      ...(problem ? { problem } : {}),
    }
  })
}
