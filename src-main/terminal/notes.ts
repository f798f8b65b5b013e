/**
 * Lines of the app's own in a terminal's output, so that a scrollback tells its whole story, also after a reload. Grey,
 * in brackets, on a line of their own. A freeze leaves none: the shell goes on where it stood, and a line of ours would
 * tear its prompt. The screen shows it as a state.
 */
const grey = (text: string): string => `\r\n\x1b[90m[${text}]\x1b[0m\r\n`

/**
 * Undoes what a program that was cut off may have left behind: the alternate screen (1047, which leaves the cursor where
 * it is), mouse reports, bracketed paste, a hidden cursor, colours, margins, application keys.
 */
const calm = '\x1b[?1047l\x1b[?1000;1002;1003;1006;1004;2004l\x1b[?25h\x1b[0m\x1b[!p'

const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'

export const notes = {
  /** Without a cursor: nothing that is typed goes anywhere now. */
  hostGone: (host: string, why: string): string =>
    `${calm}${grey(`${host} ${why}: this terminal reconnects when it is back`)}${hideCursor}`,
  /** Right under the note that it was gone. */
  reconnected: (host: string): string =>
    `${showCursor}${grey(`${host} is back: a new session, the old one ended with its host`).replace(/^\r\n/, '')}`,
  ended: (): string => calm + grey('the session ended: Enter starts another'),
  refused: (why: string): string => calm + grey(`${why}: Enter tries again`),
}
