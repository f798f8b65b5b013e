/**
 * What a terminal is doing, judged from the line that the cursor is on, up to the cursor. `ready`: an empty prompt.
 * `typed`: a prompt with something on it, or the second line of an unfinished command. `busy`: anything else.
 */
export type PromptState = 'ready' | 'typed' | 'busy'

const shell = /^[\w.-]+@[\w.-]+:[^$#]*[$#] (.*)$/
/** `=` ready, then `*` inside a transaction, `!` a failed one, `?` an unknown one; see PROMPT1 in psql's manual. */
const psql = /^[\w.-]*[=^!@][*!?]?[>#] (.*)$/
const continued = /^([\w.-]*[-*'"($][*!?]?[>#] |> )/

export function promptState(line: string): PromptState {
  const match = shell.exec(line) ?? psql.exec(line)
  if (match) return match[1] === '' ? 'ready' : 'typed'
  return continued.test(line) ? 'typed' : 'busy'
}

/**
 * Keystrokes that run a text. A shell takes all its lines in one paste, so that tabs don't complete and nothing runs
 * before the last line is there; psql takes one line at a time, because a backslash command ends with its line.
 */
export function keystrokes(text: string, kind: 'shell' | 'root' | 'psql', bracketed: boolean): string {
  const pasted = (part: string): string =>
    bracketed ? `\x1b[200~${part}\x1b[201~` : part.replaceAll('\t', '    ').replaceAll('\n', '\r')
  if (kind !== 'psql') return `${pasted(text)}\r`
  return text
    .split('\n')
    .map((line) => `${pasted(line)}\r`)
    .join('')
}
