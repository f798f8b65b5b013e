import { z } from 'zod'
import type { Evidence } from '../contract/check.js'
import { defineCheck, messageOf, notAsked, passIf, type CheckContext } from './check.js'
import { operator, satisfies, wordsOf } from './operators.js'
import { hostIn } from './readings.js'
import type { Sources } from './sources.js'

export const rejoinParams = z.strictObject({
  host: z.string().describe('The member that came back'),
  since: z.string().optional().describe('Step from whose begin on it counts; without it: this step'),
})

export type RejoinParams = z.infer<typeof rejoinParams>

/** `streaming`: it replayed WAL where it was. `pg_rewind`: it gave up WAL of its own first. `rebuilt`: all data copied anew. */
export type Rejoined = 'streaming' | 'pg_rewind' | 'rebuilt'

// the birth of the data directory does not change by replay or rewind; reinit removes it and makes a new one
const command = ['sh', '-c', 'stat -c %W "$PGDATA" && { grep -hF "pg_rewind exit code=0" /var/log/patroni/* || true; }']

/** Running a command on a host is dear, and several checks ask the same: one answer serves them all for a moment. */
const freshMs = 1000
const asked = new WeakMap<Sources, Map<string, { at: number; output: Promise<string> }>>()

function outputOn(host: string, { sources, now }: CheckContext): Promise<string> {
  const engine = hostIn(sources.cluster(), host).engine.value
  if (engine && engine.container !== 'running') throw new Error(`${host} is ${engine.container}`)
  const known = asked.get(sources) ?? new Map<string, { at: number; output: Promise<string> }>()
  asked.set(sources, known)
  const before = known.get(host)
  if (before && now - before.at < freshMs) return before.output
  const output = sources.exec(host, command, { timeoutMs: 3000 }).then(({ code, stdout, stderr }) => {
    if (code !== 0) throw new Error(stderr.trim() || `exit code ${code}`)
    return stdout.trim()
  })
  known.set(host, { at: now, output })
  return output
}

/** How a member came back, from its own data directory and Patroni's log on it. @throws when the host can't be asked */
export async function howRejoined(
  { host, since }: RejoinParams,
  context: CheckContext,
): Promise<{ how: Rejoined; evidence: Evidence }> {
  const from = since ? context.beganAt(since) : context.since
  if (from === null) throw new Error(`step ${since} has not begun`)
  const [born = '', ...rewound] = (await outputOn(host, context)).split('\n')
  const bornAt = Number(born) * 1000
  if (!Number.isFinite(bornAt) || bornAt <= 0) throw new Error(`${host} does not tell when its data directory was made`)
  const lines = rewound.filter((line) => (timeOf(line) ?? 0) >= from)
  // whole seconds: a directory of the second in which the step began is older than the step
  const how = bornAt > from ? 'rebuilt' : lines.length > 0 ? 'pg_rewind' : 'streaming'
  const value = {
    'data directory made': new Date(bornAt).toISOString(),
    "Patroni's log": lines.at(-1) ?? 'no pg_rewind',
  }
  return { how, evidence: { source: `data directory and Patroni's log on ${host}`, value, ageMs: 0 } }
}

/** "... 2026-11-21 03:40:06,916 INFO: ...", which is UTC. */
export function timeOf(line: string): number | null {
  const [, day, time, ms] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)[,.](\d{3})/.exec(line) ?? []
  return day ? Date.parse(`${day}T${time}.${ms}Z`) : null
}

const inWords: Record<Rejoined, string> = {
  streaming: 'it streamed on where it had stopped',
  pg_rewind: 'pg_rewind took its own WAL back, then it streamed',
  rebuilt: 'its data directory was copied anew',
}

export const rejoin = defineCheck({
  kind: 'rejoin',
  summary: 'How a member came back: by streaming on, by pg_rewind, or rebuilt from a copy',
  params: rejoinParams.extend({ how: operator.describe('streaming, pg_rewind or rebuilt') }),
  sources: ['exec'],
  async evaluate({ params, ...context }) {
    const expected = `${params.host} rejoined: ${wordsOf(params.how)}`
    try {
      const { how, evidence } = await howRejoined(params, context)
      const said = { expected, observed: how, why: `On ${params.host}, ${inWords[how]}`, evidence: [evidence] }
      return passIf(satisfies(how, params.how), said)
    } catch (error) {
      return notAsked({ expected, observed: `no answer from ${params.host}`, why: messageOf(error) })
    }
  },
})
