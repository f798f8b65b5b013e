import { z } from 'zod'
import type { Evidence } from '../contract/check.js'
import { eventKind } from '../contract/record.js'
import { messageOf, type CheckContext, type Scalar } from './check.js'
import { execParams, execValue, type ExecParams } from './exec-value.js'
import { eventsLike } from './history.js'
import { longestOutage, verified } from './probe.js'
import { howRejoined, rejoinParams, type RejoinParams } from './rejoin.js'
import { rejoinSeconds } from './rejoin-seconds.js'
import { fresh, readDcs, readLeader, readPostgres } from './readings.js'

/** A live value, asked now: for variables, readouts and the learner's answers. */
export type ValueReading = { ok: true; value: Scalar; evidence: Evidence } | { ok: false; why: string }
type Read = (context: CheckContext) => ValueReading | Promise<ValueReading>

const missing = (why: string): ValueReading => ({ ok: false, why })
const known = (value: Scalar, source: string): ValueReading => ({ ok: true, value, evidence: { source, value } })

const setting =
  (name: string): Read =>
  (context) => {
    const dcs = readDcs(context)
    if (!dcs.ok) return dcs
    const value = dcs.value.config[name]
    if (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'string')
      return missing(`${name} is not set`)
    return known(value, `config key in etcd, ${name}`)
  }

/** Values without parameters: `type` is what a variable bound to it holds, `sample` stands in while content is validated. */
export const plainValues: Record<string, { about: string; sample: Scalar; read: Read }> = {
  leader: {
    about: 'Holder of the leader key',
    sample: 'pg1',
    read(context) {
      const leader = readLeader(context)
      if (!leader.ok) return leader
      return leader.value === null ? missing('nobody holds the leader key') : known(leader.value, 'leader key in etcd')
    },
  },
  'sync-standby': {
    about: 'The synchronous standby, by the sync key',
    sample: 'pg2',
    read(context) {
      const dcs = readDcs(context)
      if (!dcs.ok) return dcs
      const [name] = dcs.value.sync.standbys
      return name === undefined ? missing('there is no synchronous standby') : known(name, 'sync key in etcd')
    },
  },
  'streaming-standby': {
    about: "A standby that streams from the leader, synchronous or not, as the leader's SQL says",
    sample: 'pg2',
    read(context) {
      const leader = readLeader(context)
      if (!leader.ok) return leader
      if (leader.value === null) return missing('nobody holds the leader key')
      const postgres = readPostgres(leader.value, context)
      if (!postgres.ok) return postgres
      const found = postgres.value.replication.find(({ state }) => state === 'streaming')
      return found
        ? known(found.applicationName, `pg_stat_replication on ${leader.value}`)
        : missing(`nothing streams from ${leader.value}`)
    },
  },
  timeline: {
    about: "The leader's timeline, asked with SQL",
    sample: 1,
    read(context) {
      const leader = readLeader(context)
      if (!leader.ok) return leader
      if (leader.value === null) return missing('nobody holds the leader key')
      const postgres = readPostgres(leader.value, context)
      return postgres.ok ? known(postgres.value.timeline, `SQL on ${leader.value}`) : postgres
    },
  },
  'leader-started': {
    about: "When the leader's PostgreSQL started, in ms since 1970",
    sample: 1_700_000_000_000,
    read(context) {
      const leader = readLeader(context)
      if (!leader.ok) return leader
      if (leader.value === null) return missing('nobody holds the leader key')
      const postgres = readPostgres(leader.value, context)
      return postgres.ok ? known(postgres.value.startedAt, `SQL on ${leader.value}`) : postgres
    },
  },
  'system-id': {
    about: 'System identifier of the cluster',
    sample: '7554021943880261649',
    read(context) {
      const dcs = readDcs(context)
      if (!dcs.ok) return dcs
      return dcs.value.initialize
        ? known(dcs.value.initialize, 'initialize key in etcd')
        : missing('the cluster is not initialized')
    },
  },
  'etcd-leader': {
    about: 'Member that leads etcd: not the cluster of PostgreSQL',
    sample: 'witness',
    read({ sources, now }) {
      const etcd = fresh(sources.cluster().etcd, 'etcd', now)
      if (!etcd.ok) return etcd
      const leader = etcd.value.members.find((member) => member.leader && member.answers)
      return leader ? known(leader.name, 'etcd endpoint status') : missing('etcd has no leader now')
    },
  },
  ttl: { about: 'Effective ttl in seconds', sample: 20, read: setting('ttl') },
  loop_wait: { about: 'Effective loop_wait in seconds', sample: 2, read: setting('loop_wait') },
  retry_timeout: { about: 'Effective retry_timeout in seconds', sample: 8, read: setting('retry_timeout') },
  synchronous_mode: { about: 'Effective synchronous_mode', sample: true, read: setting('synchronous_mode') },
  lost: {
    about: 'Acknowledged writes that the present primary does not have',
    sample: 0,
    async read(context) {
      const { lost } = await verified(context)
      return lost === null ? missing('not counted yet') : known(lost, "the probe's ledger against the table")
    },
  },
  abandoned: {
    about: 'Lost acknowledged writes that another host still has, on a timeline that was left behind',
    sample: 0,
    async read(context) {
      const { lost, verification } = await verified(context)
      if (lost === 0) return known(0, "the probe's ledger against the table")
      if (!verification) return missing('not counted yet')
      const { hosts } = verification
      const silent = hosts.filter(({ ackedOnlyHere }) => ackedOnlyHere === null).map(({ host }) => host)
      if (silent.length > 0) return missing(`${silent.join(', ')} did not answer`)
      const most = Math.max(0, ...hosts.map(({ ackedOnlyHere }) => ackedOnlyHere ?? 0))
      return known(most, "the probe's ledger against the table on each host")
    },
  },
  acknowledged: {
    about: "Writes acknowledged in this lab, by the probe's ledger",
    sample: 1000,
    read: ({ sources }) => {
      const stats = sources.probe.stats()
      return stats ? known(stats.acknowledged, "the probe's ledger") : missing('no probe runs')
    },
  },
}

const stepRef = z.string().optional().describe('Step from whose begin on it counts; without it: this step')
const event = z.union([
  eventKind,
  z.strictObject({
    event: eventKind.describe('Kind of the event'),
    host: z.string().optional().describe('Host that the event names'),
    has: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe("Values that the event's data must hold, by name"),
  }),
])
type EventRef = z.infer<typeof event>
const patternOf = (ref: EventRef) => (typeof ref === 'string' ? { event: ref } : ref)
const outageParams = z.strictObject({ since: stepRef })

const sinceOf = (context: CheckContext, step: string | undefined): number | null =>
  step === undefined ? context.since : context.beganAt(step)

const outageFigure =
  (pick: 'seconds' | 'failed' | 'unknown') =>
  (params: z.infer<typeof outageParams>): Read => {
    return (context) => {
      const since = sinceOf(context, params.since)
      const outage = since === null ? null : longestOutage(context, since)
      if (!outage) return missing('no outage so far')
      if (outage.until === null) return missing('the outage still lasts')
      return known(pick === 'seconds' ? Math.round(outage[pick] * 10) / 10 : outage[pick], "the probe's ledger")
    }
  }

/** Values with parameters, one key each. */
export const valueParams = {
  literal: z.union([z.string(), z.number(), z.boolean()]).describe('This value itself, or a {{variable}}'),
  'rejoined-by': rejoinParams.describe('How a member came back since the step began: streaming, pg_rewind or rebuilt'),
  'rejoin-seconds': rejoinParams.describe(
    "Seconds that the newest rewind or copy took, from Patroni's log on the host",
  ),
  exec: execParams.describe('What a command says, as one value, without surrounding space'),
  replica: z.int().min(1).describe('A member that does not lead: 1 is the first in the order of the topology'),
  answer: z.string().describe('What the learner answered to this question'),
  outage: outageParams.describe('Seconds of the longest outage that has ended'),
  failed: outageParams.describe('Writes of the longest outage that were refused'),
  unknown: outageParams.describe('Writes of the longest outage that were sent and never answered'),
  seconds: z
    .strictObject({
      from: event.describe('First event of this kind'),
      to: event.describe('First event of this kind after it'),
      since: stepRef,
    })
    .describe('Seconds between two events of the flight recorder'),
  first: z
    .strictObject({ of: z.array(event).min(2).describe('Kinds of events'), since: stepRef })
    .describe('Which of these events came first'),
  order: z
    .strictObject({ of: z.array(event).min(2).describe('Kinds of events'), since: stepRef })
    .describe('The order in which these events first came: kinds, joined by ", "'),
} as const
export type ValueName = keyof typeof valueParams

const single = <K extends ValueName>(name: K) =>
  z.strictObject({ [name]: valueParams[name] } as { [N in K]: (typeof valueParams)[N] })
const figure = z.union([
  z.enum(Object.keys(plainValues) as [string, ...string[]]),
  single('literal'),
  single('rejoined-by'),
  single('rejoin-seconds'),
  single('exec'),
  single('replica'),
  single('answer'),
  single('outage'),
  single('failed'),
  single('unknown'),
  single('seconds'),
  single('first'),
  single('order'),
])
export const valueSpec = z.union([
  figure,
  z.strictObject({ difference: z.tuple([figure, figure]).describe('The first minus the second') }),
])
export type ValueSpec = z.infer<typeof valueSpec>

const readers: Record<string, (params: never) => Read> = {
  literal: (value: Scalar) => () => known(value, 'the text of the exercise'),
  'rejoined-by': (params: RejoinParams) => async (context) => {
    const { how, evidence } = await howRejoined(params, context)
    return { ok: true, value: how, evidence }
  },
  'rejoin-seconds': (params: RejoinParams) => async (context) => {
    const { seconds, evidence } = await rejoinSeconds(params, context)
    return { ok: true, value: seconds, evidence }
  },
  exec: (params: ExecParams) => (context) => execValue(params, context),
  replica: (place: number) => (context) => {
    const leader = readLeader(context)
    if (!leader.ok) return leader
    const { hosts } = context.sources.cluster()
    const replicas = hosts.filter(({ name, patroni }) => patroni !== undefined && name !== leader.value)
    const found = replicas[place - 1]
    return found ? known(found.name, 'leader key in etcd') : missing(`there is no replica number ${place}`)
  },
  answer: (question: string) => (context) => {
    const given = context.answers.get(question)
    return given ? known(given.value, 'your answer') : missing('not answered yet')
  },
  outage: outageFigure('seconds'),
  failed: outageFigure('failed'),
  unknown: outageFigure('unknown'),
  seconds: (params: z.infer<typeof valueParams.seconds>) => (context) => {
    const since = sinceOf(context, params.since)
    const from = since === null ? undefined : eventsLike(context, patternOf(params.from), since)[0]
    const to = from && eventsLike(context, patternOf(params.to), from.t)[0]
    if (!from || !to) return missing(`no ${patternOf(from ? params.to : params.from).event} yet`)
    return known(Math.round((to.t - from.t) / 100) / 10, 'flight recorder')
  },
  first: (params: z.infer<typeof valueParams.first>) => (context) => firstTimes(context, params, 1),
  order: (params: z.infer<typeof valueParams.order>) => (context) => firstTimes(context, params, params.of.length),
  difference:
    ([a, b]: [ValueSpec, ValueSpec]) =>
    async (context) => {
      const [left, right] = [await readValue(a, context), await readValue(b, context)]
      if (!left.ok) return left
      if (!right.ok) return right
      const value = Math.round((Number(left.value) - Number(right.value)) * 10) / 10
      return Number.isFinite(value) ? known(value, 'computed') : missing('one of them is no number')
    },
}

function firstTimes(
  context: CheckContext,
  params: { of: readonly EventRef[]; since?: string | undefined },
  atLeast: number,
): ValueReading {
  const since = sinceOf(context, params.since)
  if (since === null) return missing(`step ${params.since} has not begun`)
  const found = params.of
    .map((kind) => ({ kind: patternOf(kind).event, at: eventsLike(context, patternOf(kind), since)[0]?.t }))
    .filter((it): it is { kind: typeof it.kind; at: number } => it.at !== undefined)
    .toSorted((a, b) => a.at - b.at)
  if (found.length < atLeast) return missing('not all of it has happened yet')
  return known(
    found
      .slice(0, atLeast)
      .map((it) => it.kind)
      .join(', '),
    'flight recorder',
  )
}

/** Asks for a live value. Never throws: a value that can't be had says why. */
export async function readValue(spec: ValueSpec, context: CheckContext): Promise<ValueReading> {
  try {
    if (typeof spec === 'string') return (await plainValues[spec]?.read(context)) ?? missing(`no value ${spec}`)
    const [name = '', params] = Object.entries(spec)[0] ?? []
    const reader = readers[name]
    return reader ? await reader(params as never)(context) : missing(`no value ${name}`)
  } catch (error) {
    return missing(messageOf(error))
  }
}

/** A value of the type that this one will have, to validate content with. */
export function sampleOf(spec: ValueSpec): Scalar {
  if (typeof spec === 'string') return plainValues[spec]?.sample ?? ''
  if ('literal' in spec) return spec.literal
  if ('rejoined-by' in spec) return 'pg_rewind'
  if ('replica' in spec) return 'pg2'
  if ('exec' in spec) return '752'
  if ('first' in spec) return spec.first.of[0] ? patternOf(spec.first.of[0]).event : ''
  if ('order' in spec) return spec.order.of.map((ref) => patternOf(ref).event).join(', ')
  return 20
}
