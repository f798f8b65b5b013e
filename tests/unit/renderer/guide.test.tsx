import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import type { CheckView, Verdict } from '../../../src-main/contract/check.js'
import { openByItself } from '../../../src-renderer/guide/checks.js'
import { currentStep } from '../../../src-renderer/guide/current-step.js'
import { differences } from '../../../src-renderer/guide/differences.js'
import { placeOf, runBlock } from '../../../src-renderer/guide/fence.js'
import { VerdictRow } from '../../../src-renderer/guide/verdict.js'
import { SaidBox } from '../../../src-renderer/ui/said.js'

const verdict = (part: Partial<Verdict>): Verdict => ({
  verdict: 'pass',
  expected: 'pg2 is leader',
  observed: 'pg2 is leader',
  why: 'pg2 holds the leader key.',
  evidence: [],
  ...part,
})
const check = (part: Partial<CheckView>): CheckView => ({
  id: 'a',
  title: 'pg2 leads',
  mode: 'edge',
  result: null,
  at: null,
  passedAt: null,
  ...part,
})
const row = (part: Partial<CheckView>, open = true): string =>
  renderToStaticMarkup(<VerdictRow check={check(part)} startedAt={0} open={open} onToggle={() => undefined} />)

describe('a run fence', () => {
  test('names its host and runs in its shell', () => {
    expect(runBlock('sh', 'run on=pg1', 'patronictl list\n')).toEqual({
      host: 'pg1',
      kind: 'shell',
      text: 'patronictl list',
    })
  })
  test('of SQL without a host runs on the client route', () => {
    const block = runBlock('sql', 'run', 'select 1;\n')!
    expect(block).toEqual({ host: null, kind: 'psql', text: 'select 1;' })
    expect(placeOf(block)).toBe('in psql, client route')
  })
  test('as root runs in a root shell', () => {
    expect(runBlock('sh', 'run on=pg1 as=root', 'sv status patroni')?.kind).toBe('root')
  })
  test('without the word run is a block to read', () => {
    expect(runBlock('sh', undefined, 'rm -rf /')).toBeNull()
    expect(runBlock('sh', 'on=pg1', 'ls')).toBeNull()
  })
})

describe('where the learner is', () => {
  const at = (...states: ('done' | 'current' | 'ahead')[]) =>
    currentStep({ steps: states.map((state, index) => ({ id: `${index}`, title: '', state, doneAt: null })) })
  test('is the current step', () => expect(at('done', 'current', 'ahead')).toBe(1))
  test('stays at a step that is done until the learner goes on', () => expect(at('done', 'done', 'ahead')).toBe(1))
  test('is the last one at the end', () => expect(at('done', 'done')).toBe(1))
})

test('commands in backticks are set as commands, in errors too', () => {
  const html = renderToStaticMarkup(<SaidBox said={{ what: 'No lab', why: 'none exists', next: 'Run `dojo ls`' }} />)
  expect(html).toContain('>dojo ls</code>.')
  expect(html).not.toContain('`')
})

describe('what differs', () => {
  test('is marked word by word', () => {
    expect(differences('pg2 is leader, timeline 2', 'pg1 is leader, timeline 2')).toEqual([
      { text: 'pg1', differs: true },
      { text: ' is leader, timeline 2', differs: false },
    ])
  })
  test('is the whole where most of it differs', () => {
    expect(differences('a write commits', 'connection refused')).toEqual([
      { text: 'connection refused', differs: true },
    ])
  })
  test('is nothing where both are equal', () => {
    expect(differences('same', 'same')).toEqual([{ text: 'same', differs: false }])
  })
})

describe('a verdict on screen', () => {
  test('that passed says when, from the beginning of the attempt', () => {
    const html = row({ result: verdict({}), passedAt: 750_200 })
    expect(html).toContain('pass 12:30.2')
    expect(html).not.toContain('<mark>')
  })
  test('that failed marks the observed side only', () => {
    const html = row({ result: verdict({ verdict: 'fail', observed: 'pg1 is leader' }) })
    expect(html).toContain('<mark>pg1</mark>')
    expect(html.match(/<mark>/g)).toHaveLength(1)
  })
  test('of three fields is a table that counts the differences', () => {
    const fields = ['role', 'state', 'timeline'].map((name, index) => ({
      name,
      expected: 'a',
      observed: index === 0 ? 'b' : 'a',
      differs: index === 0,
    }))
    const html = row({ result: verdict({ verdict: 'fail', fields }) })
    expect(html).toContain('fail, 1 of 3 differ')
    expect(html).toContain('<table')
    expect(html).toContain('<mark>b</mark>')
  })
  test('that held and no longer does says when it held', () => {
    const html = row({ mode: 'level', result: verdict({ verdict: 'fail', observed: 'x' }), passedAt: 60_000 }, false)
    expect(html).toContain('fail, held at 01:00.0')
  })
  test('that could not be had never counts against the learner, and is never called an error', () => {
    const html = row({ result: verdict({ verdict: 'error', observed: 'no answer' }), tries: [1000] })
    expect(html).toContain('could not check')
    expect(html).toContain('It does not count against you.')
    expect(html.toLowerCase()).not.toContain('error<')
  })
  test('that waits shows its deadline', () => {
    const html = row({ result: verdict({ verdict: 'waiting' }), within: { ms: 60_000, since: Date.now() } })
    expect(html).toContain('deadline 60 s')
    expect(html).toMatch(/waiting, <!-- -->|waiting, 5\d|waiting, 60/)
  })
  test('that was not asked for yet has nothing to open', () => {
    expect(row({})).toContain('not asked yet')
    expect(row({})).not.toContain('aria-expanded')
  })
})

describe('rows open by themselves', () => {
  const passed = (id: string, at: number) => check({ id, passedAt: at, result: verdict({}) })
  test('where something is wrong', () => {
    const failed = check({ id: 'b', result: verdict({ verdict: 'fail' }) })
    expect(openByItself([passed('a', 1), failed])).toEqual(new Set(['b']))
  })
  test('only the first of them where a diagnosis stands under it', () => {
    const failed = (id: string) => check({ id, result: verdict({ verdict: 'fail' }) })
    expect(openByItself([failed('a'), failed('b')], true)).toEqual(new Set(['a']))
  })
  test('otherwise the one that passed last', () => {
    expect(openByItself([passed('a', 2), passed('b', 1), check({ id: 'c' })])).toEqual(new Set(['a']))
  })
  test('or none', () => {
    expect(openByItself([check({})])).toEqual(new Set())
  })
})
