import { stripVTControlCharacters } from 'node:util'
import { appClock } from '../util/clock.js'

/** A line that was sent with Enter. */
export interface InputLine {
  /** When Enter was pressed. */
  t: number
  /** What was typed; null when the terminal did not show it, when it looks like a secret, or when it was edited in place. */
  command: string | null
}

export interface InputLines {
  typed(data: string): void
  /** What the terminal shows meanwhile. */
  shown(bytes: Uint8Array): void
}

/** The echo comes back from the host. */
const echoWithinMs = 400
const mostShown = 16 * 1024
const mostTyped = 4 * 1024

const secret = /pass(word|wd|phrase)|pgpass|secret|token|identified by/i
// bracketed paste and reports of focus are the terminal's own words
const ownWords = ['\x1b[200~', '\x1b[201~', '\x1b[I', '\x1b[O']
const bare = (text: string): string => stripVTControlCharacters(text).replace(/[\s\p{Cc}]+/gu, '')

/**
 * Tells of every line that a person sends, and its text only when the terminal showed it: what is typed at a prompt that
 * hides its input never leaves this function.
 */
export function createInputLines(onLine: (line: InputLine) => void): InputLines {
  let typed = ''
  let edited = false
  let shown = { text: '' }
  const utf8 = new TextDecoder()

  const enter = (): void => {
    const t = appClock.now()
    const [text, wasEdited, seen] = [typed.trim(), edited, shown]
    typed = ''
    edited = false
    const tell = (): void => {
      const [echo = ''] = seen.text.split('\n', 1)
      const isShown = !wasEdited && text !== '' && bare(echo).includes(bare(text))
      onLine({ t, command: isShown && !secret.test(text) ? text : null })
    }
    setTimeout(tell, echoWithinMs).unref()
  }
  const take = (char: string): void => {
    if (char === '\r' || char === '\n') enter()
    else if (char === '\x7f' || char === '\b') typed = typed.slice(0, -1)
    else if (char === '\x03' || char === '\x15') [typed, edited] = ['', false]
    else if (char < ' ') edited = true
    else typed = (typed + char).slice(0, mostTyped)
  }
  return {
    typed(data) {
      // a new line begins with an empty screen line behind it
      if (typed === '' && !edited) shown = { text: '' }
      for (const char of ownWords.reduce((rest, word) => rest.replaceAll(word, ''), data)) take(char)
    },
    shown(bytes) {
      if (shown.text.length < mostShown) shown.text += utf8.decode(bytes, { stream: true })
    },
  }
}
