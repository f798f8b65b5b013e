import type { AttemptView, StepView } from '../../../src-main/contract/exercise.js'
import { failover } from './homes.js'

const titles = [
  'Read the cluster',
  'Predict the outage',
  'Crash the leader',
  'Find out why it took 21.9 s',
  'Bring pg1 back',
  'Move the leader on purpose',
  'Compare',
]

const startedAt = Date.now() - 751_000

function attemptWith(step: Partial<StepView>): AttemptView {
  return {
    id: 'a1',
    exercise: failover,
    lab: 'pw-1',
    state: 'running',
    startedAt,
    endedAt: null,
    steps: titles.map((title, index) => ({
      id: `s${index}`,
      title,
      state: index < 3 ? 'done' : index === 3 ? 'current' : 'ahead',
      doneAt: index < 3 ? startedAt + index * 100_000 : null,
    })),
    step: {
      id: 's3',
      index: 3,
      title: titles[3]!,
      prose: [
        'pg1 went without a word, so nobody released the leader key. It stayed in etcd until its **lease** ran out: ttl 20 s, counted from pg1’s last renewal.',
        '',
        'pg2 was watching the key. Once it was gone, pg2 took it, promoted to **timeline 2**, and HAProxy sent clients there.',
        '',
        '```sh run on=pg2',
        'patronictl list',
        '```',
      ].join('\n'),
      afterwards: null,
      questions: [
        {
          id: 'rest',
          ask: 'What took the 1.9 s after the lease ran out?',
          kind: 'choice',
          choices: ['Election and promotion', 'pg_rewind', 'A base backup'],
          answer: null,
          answeredAt: null,
          prediction: false,
        },
      ],
      readouts: [
        { label: 'You predicted', value: '20 s' },
        { label: 'Measured outage', value: '21.9 s' },
        { label: 'Difference', value: '+1.9 s' },
      ],
      checks: [
        {
          id: 'pg2-leads',
          title: 'pg2 leads on timeline 2',
          mode: 'edge',
          at: startedAt + 750_200,
          passedAt: startedAt + 750_200,
          result: {
            verdict: 'pass',
            expected: 'pg2 is leader, timeline 2',
            observed: 'pg2 is leader, timeline 2',
            why: 'pg2 took the leader key 0.2 s after pg1’s lease expired.',
            evidence: [
              {
                source: 'GET /cluster on pg2',
                value: { members: [{ name: 'pg2', role: 'leader', timeline: 2 }] },
                ageMs: 400,
              },
            ],
          },
        },
        {
          id: 'write',
          title: 'A write commits by the client’s route',
          mode: 'level',
          at: startedAt + 748_900,
          passedAt: startedAt + 748_900,
          result: {
            verdict: 'pass',
            expected: 'a write commits',
            observed: 'a write committed',
            why: 'It took 4 ms.',
            evidence: [],
          },
        },
        {
          id: 'answer',
          title: 'Your answer: what took the 1.9 s?',
          mode: 'edge',
          at: null,
          passedAt: null,
          result: null,
        },
      ],
      diagnosis: null,
      hints: { total: 2, shown: [] },
      hasSolution: true,
      solution: null,
      baseline: { ok: true, why: '' },
      done: false,
      actions: [],
      ...step,
    },
    summary: [],
  }
}

export const attemptAt = (): AttemptView => attemptWith({})

/** Every kind of verdict at once, as no step has them. */
export const verdictSheet = (): AttemptView =>
  attemptWith({
    title: 'Move the leader to pg2, on purpose',
    prose: 'Ask Patroni for a **switchover**: both sides agree, and nobody waits for a lease.',
    readouts: [],
    questions: [
      {
        id: 'p',
        ask: 'How long will writes stop?',
        kind: 'number',
        unit: 's',
        answer: null,
        answeredAt: null,
        prediction: true,
      },
    ],
    actions: [{ label: 'Crash pg1’s host', fault: 'host-crash', target: 'pg1' }],
    checks: [
      {
        id: 'a',
        title: 'pg2 leads',
        mode: 'edge',
        at: startedAt + 252_600,
        passedAt: startedAt + 252_600,
        result: {
          verdict: 'pass',
          expected: 'pg2 is leader',
          observed: 'pg2 is leader, running, timeline 2',
          why: 'pg2 holds the leader key.',
          evidence: [{ source: 'GET /cluster on pg2', value: {}, ageMs: 300 }],
        },
      },
      {
        id: 'b',
        title: 'The leader was moved on request',
        mode: 'edge',
        at: startedAt + 252_600,
        passedAt: null,
        result: {
          verdict: 'fail',
          expected: '/service/main/failover {"leader": "pg1", "member": "pg2"}',
          observed: '/service/main/failover never written',
          why: 'The leader key was released by pg1 itself, and no switchover was asked for before that.',
          evidence: [{ source: 'etcd history, revisions 402 to 431', value: [] }],
        },
      },
      {
        id: 'c',
        title: 'pg1 is the synchronous standby',
        mode: 'level',
        at: startedAt + 252_600,
        passedAt: null,
        result: {
          verdict: 'fail',
          expected: 'pg1 is sync_standby, streaming, timeline 2',
          observed: 'pg1 is replica, streaming, timeline 2',
          why: 'pg1 streams, but synchronous_mode is off in the configuration.',
          fields: [
            { name: 'role', expected: 'sync_standby', observed: 'replica', differs: true },
            { name: 'state', expected: 'streaming', observed: 'streaming', differs: false },
            { name: 'timeline', expected: '2', observed: '2', differs: false },
          ],
          evidence: [
            { source: 'GET /cluster on pg2', value: {}, ageMs: 300 },
            { source: 'GET /config', value: {}, ageMs: 300 },
          ],
        },
      },
      {
        id: 'd',
        title: 'Timeline 2 reaches the archive',
        mode: 'edge',
        at: Date.now(),
        passedAt: null,
        within: { ms: 60_000, since: Date.now() - 18_400 },
        result: {
          verdict: 'waiting',
          expected: '00000002.history and 1 segment',
          observed: '00000002.history, 0 segments so far',
          why: 'The segment is not full. archive_timeout switches it after 30 s.',
          evidence: [{ source: 'pgbackrest info on backup', value: {}, ageMs: 800 }],
        },
      },
      {
        id: 'e',
        title: 'All etcd members name the same leader',
        mode: 'level',
        at: Date.now(),
        passedAt: null,
        tries: [startedAt + 266_100, startedAt + 271_100, startedAt + 276_100],
        result: {
          verdict: 'error',
          expected: 'pg1, pg2 and witness agree',
          observed: 'pg1 and pg2 agree; witness: no answer in 3 s',
          why: 'The witness did not answer.',
          evidence: [],
        },
      },
    ],
    diagnosis: {
      id: 'stopped-not-switched',
      title: 'Stopped, not switched',
      says: 'You stopped it gracefully: Patroni released the leader key, so the standby did not have to wait for the lease.',
      compare: [
        { label: 'what you did', seconds: 1.7, note: 'key released at once' },
        { label: 'what a crash costs', seconds: 20.9, note: 'ttl 20 s and promotion' },
      ],
    },
    hints: { total: 2, shown: ['Patroni has a command for a move that both sides agree on.'] },
  })
