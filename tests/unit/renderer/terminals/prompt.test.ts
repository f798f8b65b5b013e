import { expect, test } from 'vitest'
import { keystrokes, promptState } from '../../../../src-renderer/terminals/prompt.js'

test.each([
  'postgres@pg1:~$ ',
  'root@pg1:~# ',
  'postgres@pg1:/var/log$ ',
  'app=> ',
  'postgres=# ',
  'app=*> ',
  'app=!> ',
])('an empty prompt is ready: %j', (line) => expect(promptState(line)).toBe('ready'))

test.each(['postgres@pg1:~$ patronictl li', 'app=> select 1', 'app-> ', 'app(> ', "app'> ", '> ', 'app-*> from t'])(
  'a prompt with something on it, or an unfinished command, is typed: %j',
  (line) => expect(promptState(line)).toBe('typed'),
)

test.each(['', 'Password: ', '(END)', 'a -> b', 'Are you sure? [y/N]: ', '-- More --', '100% done'])(
  'anything else is busy: %j',
  (line) => expect(promptState(line)).toBe('busy'),
)

test('a shell gets its lines in one paste, which runs when it is whole', () => {
  expect(keystrokes('for i in 1 2\ndo\techo $i\ndone', 'shell', true)).toBe(
    '\x1b[200~for i in 1 2\ndo\techo $i\ndone\x1b[201~\r',
  )
})

test('psql gets line after line, because a backslash command ends with its line', () => {
  expect(keystrokes('\\x\nselect 1;', 'psql', true)).toBe('\x1b[200~\\x\x1b[201~\r\x1b[200~select 1;\x1b[201~\r')
})

test('without bracketed paste a tab would complete: it becomes spaces', () => {
  expect(keystrokes('a\tb\nc', 'root', false)).toBe('a    b\rc\r')
})
