import { z } from 'zod'
import type { HostState } from '../contract/cluster.js'
import { defineCheck, notAsked, passIf } from './check.js'
import { fresh, hostIn } from './readings.js'

const params = z.strictObject({
  host: z.string().describe('Name of the host'),
  is: z.enum(['running', 'paused', 'exited']).describe('State of the host as a machine'),
  how: z
    .enum(['killed', 'stopped', 'died'])
    .optional()
    .describe('For exited: killed (a crash), stopped (asked to shut down), died (by itself)'),
})

const words = { running: 'running', paused: 'frozen', exited: 'down', missing: 'gone from the engine' } as const
const ways = { killed: 'crashed', stopped: 'stopped gracefully', died: 'ended by itself' } as const
const inWords = (state: Pick<HostState, 'container' | 'how'>): string =>
  state.container === 'exited' && state.how ? `down, ${ways[state.how]}` : words[state.container]

export const hostState = defineCheck({
  kind: 'host.state',
  summary: 'A host runs, is frozen, or is down, and how it went down',
  params,
  sources: ['engine'],
  // async: a throw (no such host) must become a rejection
  evaluate: async ({ params: { host, is, how }, sources, now }) => {
    const expected = `${host} is ${inWords({ container: is, how })}`
    const reading = fresh(hostIn(sources.cluster(), host).engine, `the engine's state of ${host}`, now)
    if (!reading.ok) return notAsked({ expected, observed: `${host} is not known now`, why: reading.why })
    const state = reading.value
    const since = Math.max(0, Math.round((now - state.since) / 1000))
    return passIf(state.container === is && (how === undefined || state.how === how), {
      expected,
      observed: `${host} is ${inWords(state)}`,
      why: `The engine has reported that for ${since} s`,
      evidence: [reading.evidence],
    })
  },
})
