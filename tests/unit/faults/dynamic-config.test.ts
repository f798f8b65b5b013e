import { expect, test } from 'vitest'
import { editConfig } from '../../../src-main/faults/dynamic-config.js'

/** A patronictl that answers with these, one a call: null is success. */
function patronictl(...errors: (string | null)[]) {
  const asked: string[][] = []
  const inputs: (string | undefined)[] = []
  const execOn = (_host: string, argv: readonly string[], options?: { input?: string }) => {
    asked.push([...argv])
    inputs.push(options?.input)
    const error = errors.shift()
    return Promise.resolve(
      typeof error === 'string'
        ? { code: 1, stdout: '', stderr: `Traceback\n${error}\n` }
        : { code: 0, stdout: '', stderr: '' },
    )
  }
  return { asked, inputs, execOn }
}
const overtaken = 'Error: Config modification aborted due to concurrent changes'

test('a change that another one overtook is made again', async () => {
  const { asked, execOn } = patronictl(overtaken, overtaken, null)
  await editConfig({ execOn }, 'pg1', ['--pg', 'work_mem=8MB'])
  expect(asked).toHaveLength(3)
  expect(new Set(asked.map((argv) => argv.join(' ')))).toEqual(
    new Set(['patronictl edit-config --quiet --force --pg work_mem=8MB']),
  )
})

test('what a change was made from is read again for each try', async () => {
  const { inputs, execOn } = patronictl(overtaken, null)
  let lines = 0
  await editConfig({ execOn }, 'pg1', ['--apply', '-'], () => Promise.resolve(`read ${++lines}`))
  expect(inputs).toEqual(['read 1', 'read 2'])
})

test('a change that is refused for another reason is not made again, and the reason is told', async () => {
  const { asked, execOn } = patronictl('Error: Can not find a running member')
  await expect(editConfig({ execOn }, 'pg1', [])).rejects.toThrow('patronictl said: Error: Can not find')
  expect(asked).toHaveLength(1)
})

test('a change that is overtaken every time gives up', async () => {
  const { asked, execOn } = patronictl(...Array<string>(9).fill(overtaken))
  await expect(editConfig({ execOn }, 'pg1', [])).rejects.toThrow(/concurrent changes/)
  expect(asked).toHaveLength(5)
})
