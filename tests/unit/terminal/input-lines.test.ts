import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createInputLines, type InputLine } from '../../../src-main/terminal/input-lines.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A terminal that shows what is typed, or does not, and what it says after Enter. */
function terminal(echoes = true) {
  const lines: InputLine[] = []
  const input = createInputLines((line) => lines.push(line))
  const show = (text: string): void => input.shown(Buffer.from(text))
  return {
    show,
    commands: () => lines.map(({ command }) => command),
    async type(data: string, answer = '') {
      input.typed(data)
      if (echoes) show(data.replaceAll('\r', '\r\n'))
      else if (data.includes('\r')) show('\r\n')
      if (answer) show(answer)
      await vi.advanceTimersByTimeAsync(0)
    },
    settle: () => vi.advanceTimersByTimeAsync(1_000),
  }
}

test('a line is told when Enter is pressed, and not before', async () => {
  const here = terminal()
  await here.type('patronictl list')
  await here.settle()
  expect(here.commands()).toEqual([])
  await here.type('\r', '+ Cluster: main\r\n')
  await here.settle()
  expect(here.commands()).toEqual(['patronictl list'])
})

test('what was rubbed out or dropped is not part of it', async () => {
  const here = terminal()
  // what a terminal shows for these is not the text itself
  const input = createInputLines((line) => heard.push(line.command))
  const heard: (string | null)[] = []
  input.typed('lz\x7fs\r')
  input.shown(Buffer.from('lz\b \bls\r\n'))
  await here.settle()
  input.typed('rm -rf\x03')
  input.typed('id\r')
  input.shown(Buffer.from('id\r\n'))
  await here.settle()
  expect(heard).toEqual(['ls', 'id'])
})

test('what the terminal does not show is never told: a password prompt', async () => {
  const here = terminal(false)
  await here.type('hunter2\r', 'psql (17.6)\r\nhunter2 was wrong\r\n')
  await here.settle()
  expect(here.commands()).toEqual([null])
})

test('what looks like a secret is not told though it was shown', async () => {
  const here = terminal()
  for (const line of ["alter role app password 'x'", 'PGPASSWORD=x psql', 'export API_TOKEN=x']) {
    await here.type(`${line}\r`)
    await here.settle()
  }
  expect(here.commands()).toEqual([null, null, null])
})

test('a line that was edited in place, or completed by the shell, is told without its text', async () => {
  const here = terminal()
  await here.type('\x1b[A\r')
  await here.settle()
  await here.type('patr\t list\r')
  await here.settle()
  expect(here.commands()).toEqual([null, null])
})

test('a pasted line counts as typed, wrapped and coloured as the shell shows it', async () => {
  const lines: (string | null)[] = []
  const input = createInputLines(({ command }) => lines.push(command))
  input.typed('\x1b[200~select count(*) from dojo.writes;\x1b[201~\r')
  input.shown(Buffer.from('\x1b[97mselect count(*) fr \rom dojo.writes;\x1b[0m\r\n 12\r\n'))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(lines).toEqual(['select count(*) from dojo.writes;'])
})
