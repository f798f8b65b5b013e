import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadExercise, prove, type Exercise, type ProofReport } from '../../../src-main/exercises/index.js'
import { fakeTerminals } from './fake-terminals.js'
import { fakeWorld, type FakeWorld } from './fake-world.js'
import { tiny, tinyProse } from './tiny.js'

/** Its second step is solved by a crash, after which pg2 leads: the fake cluster fails over when pg1 is crashed. */
const content = tiny.replace(
  'cluster: { leader: "{{old}}", timeline',
  'cluster: { leader: { isNot: "{{old}}" }, timeline',
)

async function exerciseOf(yaml = content, prose = tinyProse): Promise<Exercise> {
  const root = await mkdtemp(join(tmpdir(), 'dojo-proof-'))
  await mkdir(join(root, 'tiny'))
  await writeFile(join(root, 'tiny', 'exercise.yaml'), yaml)
  for (const [name, text] of Object.entries(prose)) await writeFile(join(root, 'tiny', name), text)
  return await loadExercise('tiny', root)
}

interface Run {
  yaml?: string
  prose?: Record<string, string>
  failsOver?: boolean
  shell?: (host: string | null, line: string) => { output: string; code?: number }
  prepare?: (world: FakeWorld) => void
  step?: string
}

async function proof({ yaml, prose, failsOver = true, shell = () => ({ output: 'ok' }), prepare, step }: Run = {}) {
  const world = fakeWorld()
  prepare?.(world)
  const { inject } = world.faults
  world.faults.inject = async (fault) => {
    const record = await inject(fault)
    if (failsOver) world.lead('pg2', 2)
    return record
  }
  const terminals = fakeTerminals(shell)
  let removed = 0
  const report = await prove(['tiny'], {
    exercises: [await exerciseOf(yaml, prose)],
    openLab: async () => ({ ...world, terminals, remove: async () => void removed++ }),
    signal: AbortSignal.timeout(20_000),
    idleMs: 100,
    ...(step !== undefined && { step }),
  })
  return { report, removed, typed: terminals.typed, world }
}
const whys = (report: ProofReport): string =>
  report.exercises[0]!.steps.map(({ step, why }) => `${step}: ${why}`).join('\n')

describe('a proof', () => {
  test('of one step solves those before it, and leaves those after it out', async () => {
    const second = await proof({ step: 'two' })
    expect(whys(second.report)).toBe('two: proven')
    expect(second.report).toMatchObject({ ok: true, exercises: [{ ok: true, error: null }] })
    expect(second.removed).toBe(1)
    const first = await proof({ step: 'one' })
    expect(whys(first.report)).toBe('one: proven')
    expect(first.world.state.leader).toBe('pg1')
    await expect(proof({ step: 'three' })).rejects.toMatchObject({ code: 'usage' })
  })

  test('of several exercises has two labs at a time, and tells the exercises apart', async () => {
    const one = await exerciseOf()
    const exercises = ['first', 'second', 'third'].map((slug) => ({ ...one, slug }))
    const said: string[] = []
    const labs = { now: 0, most: 0, all: 0 }
    const openLab = async () => {
      labs.most = Math.max(labs.most, ++labs.now)
      labs.all++
      const world = fakeWorld()
      const { inject } = world.faults
      world.faults.inject = async (fault) => {
        world.lead('pg2', 2)
        return inject(fault)
      }
      return { ...world, terminals: fakeTerminals(() => ({ output: 'ok' })), remove: async () => void labs.now-- }
    }
    const signal = AbortSignal.timeout(20_000)
    const report = await prove([], { exercises, openLab, signal, idleMs: 100, say: (line) => said.push(line) })
    expect(report.exercises.map(({ exercise, ok }) => [exercise, ok])).toEqual([
      ['first', true],
      ['second', true],
      ['third', true],
    ])
    expect(labs).toEqual({ now: 0, most: 2, all: 3 })
    expect(said.filter((line) => line.includes('solution ok')).map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['first/one', 'second/one', 'third/two']),
    )
  })

  test('holds when idling fails, blocks run, decoys are diagnosed and the solution passes', async () => {
    const { report, removed, typed } = await proof()
    expect(whys(report)).toBe('one: proven\ntwo: proven')
    expect(report).toMatchObject({ ok: true, exercises: [{ exercise: 'tiny', ok: true, error: null }] })
    expect(report.exercises[0]!.steps[0]).toMatchObject({
      idle: { ok: true },
      blocks: [{ ok: true, on: 'pg1', run: 'patronictl list' }],
      decoys: [{ id: 'other', ok: true, diagnosis: 'wrong' }],
      solution: { ok: true },
    })
    expect(typed, 'once as a run block, once as the solution').toEqual(['pg1: patronictl list', 'pg1: patronictl list'])
    expect(removed).toBe(1)
  })

  test('fails when idling earns a check', async () => {
    const yaml = content.replace(
      'answer: { question: who, live: leader, what: the leader }',
      'cluster: { timeline: 1 }',
    )
    const { report } = await proof({
      yaml: yaml.replace('fails: { check: named', 'fails: { check: leads'),
    })
    expect(report.ok).toBe(false)
    expect(whys(report)).toContain('idle: the step was done without anybody doing anything')
  })

  test('fails when a decoy gets another diagnosis than its own, or none', async () => {
    const yaml = content.replace('is: pg2', 'is: pg3')
    const { report } = await proof({ yaml: yaml.replace('diagnosis: wrong }', 'diagnosis: wrong, within: 1s }') })
    expect(report.exercises[0]!.steps[0]!.decoys[0]).toMatchObject({ id: 'other', ok: false, diagnosis: null })
    expect(whys(report)).toContain(
      'decoy other: Waited 1000 ms for diagnosis wrong while named fails: last seen: leads pass',
    )
  })

  test('fails when a decoy passes the step', async () => {
    const yaml = content
      .replace('do: [{ answer: who, value: pg2 }]', 'do: [{ answer: who, value: pg1 }]')
      .replace('diagnosis: wrong }', 'diagnosis: wrong, within: 1s }')
    const { report } = await proof({ yaml })
    expect(report.ok).toBe(false)
  })

  test('fails when a run block fails, and shows the screen', async () => {
    const { report } = await proof({ shell: () => ({ output: 'bash: patronictl: command not found', code: 127 }) })
    expect(report.exercises[0]!.steps[0]!.blocks[0]).toMatchObject({ ok: false })
    expect(whys(report)).toContain('command not found')
  })

  test('fails when the solution does not pass, and says what was not reached', async () => {
    const yaml = content.replace('- { answer: who, live: leader }', '- { answer: who, value: pg9 }')
    const { report, removed } = await proof({
      yaml: yaml.replace('patronictl list, says', 'nonsense, says'),
      shell: (_, line) => ({ output: '', code: line === 'nonsense' ? 127 : 0 }),
    })
    expect(report.exercises[0]).toMatchObject({
      ok: false,
      error: 'step one was not solved: "nonsense" failed: nonsense / postgres@pg1:~$',
    })
    expect(report.exercises[0]!.steps.map(({ step, proven }) => [step, proven])).toEqual([
      ['one', false],
      ['two', false],
    ])
    expect(report.exercises[0]!.steps[1]!.why).toContain('not proven: step one was not solved')
    expect(removed).toBe(1)
  })

  test('fails when the lab does not come up', async () => {
    const report = await prove([], {
      exercises: [await exerciseOf()],
      openLab: async () => {
        throw new Error('no engine')
      },
      signal: AbortSignal.timeout(5000),
    })
    expect(report).toMatchObject({ ok: false, exercises: [{ ok: false, error: 'no engine' }] })
    expect(report.exercises[0]!.steps).toHaveLength(2)
  })

  test('of nothing is no proof, and of something unknown is wrong usage', async () => {
    const options = { openLab: () => Promise.reject(new Error('never')), signal: AbortSignal.timeout(5000) }
    expect(await prove([], { ...options, exercises: [] })).toMatchObject({ ok: false, exercises: [] })
    await expect(prove(['huge'], { ...options, exercises: [await exerciseOf()] })).rejects.toMatchObject({
      code: 'unknown-exercise',
    })
  })

  test('a psql block that ends in ERROR fails', async () => {
    const prose = { ...tinyProse, 'two.md': '```sql run\nselect 1/0;\n```\n' }
    const { report } = await proof({
      prose,
      shell: (host) => ({ output: host === null ? 'ERROR:  division by zero' : '' }),
    })
    expect(whys(report)).toContain('run block "select 1/0;": on screen')
  })
})
