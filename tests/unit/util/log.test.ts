import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepSecret, logFor, logTo, scrub } from '../../../src-main/util/log.js'
import { logged } from '../../../src-main/util/logged.js'

test.each([
  ['{"password":"hunter22"}', '{"password":"***"}'],
  ['host=pg1 password=hunter22 user=x', 'host=pg1 password=*** user=x'],
  ['postgres://app:hunter22@127.0.0.1:5000/app', 'postgres://app:***@127.0.0.1:5000/app'],
  ['{"authorization":"Basic cGc6cGc="}', '{"authorization":"Basic ***"}'],
])('removes what is named as a secret from %s', (line, clean) => {
  expect(scrub(line)).toBe(clean)
})

test('removes secrets that it was told, wherever they turn up', () => {
  keepSecret('Xy7qLongSecret', 'ab')
  expect(scrub('error near Xy7qLongSecret, about')).toBe('error near ***, about')
})

test('a log pair has the same words and fields, and no secret', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'dojo-log-'))
  try {
    const file = join(dir, 'logs', 'dojo.log')
    logTo(file)
    keepSecret('OtherLongSecret')
    const log = logFor('test')
    await logged(log, 'stop host', { lab: 'pw-1', host: 'pg1' }, async () => undefined)
    await logged(log, 'start host', { lab: 'pw-1', host: 'pg1' }, () =>
      Promise.reject(new Error('refused for OtherLongSecret')),
    ).catch(() => undefined)
    const text = await readFile(file, 'utf8')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map(({ msg }) => msg)).toEqual([
      'stop host: begins',
      'stop host: done',
      'start host: begins',
      'start host: failed',
    ])
    expect(lines[1]).toMatchObject({ lab: 'pw-1', host: 'pg1', area: 'test', ms: expect.any(Number) })
    expect(text).not.toContain('OtherLongSecret')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
