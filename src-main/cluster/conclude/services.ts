import type { LabEvent } from '../../contract/record.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

const names = { patroni: 'Patroni', postgres: 'PostgreSQL', haproxy: 'HAProxy' } as const
type Service = keyof typeof names

/** A restart takes less, and is told as one. */
const refusedMs = 2_500
/** Late answers on a busy machine are no lost service. */
const lateMs = 6_000
const fewestMisses = 3

interface Seen {
  okAt: number
  missedAt: number | null
  misses: number
  told: boolean
}

/** Services that fall silent on a host that runs, and come back: Patroni's REST API, PostgreSQL, the proxy. */
export function concludeServices(): (fact: Fact) => LabEvent[] {
  const seen = new Map<string, Seen>()

  const look = (host: string, service: Service, t: number, why: string | null): LabEvent[] => {
    const key = `${host} ${service}`
    const before = seen.get(key)
    const data = { service, ...(why === null ? {} : { why }) }
    if (why === null) {
      seen.set(key, { okAt: t, missedAt: null, misses: 0, told: false })
      if (!before?.told) return []
      return [event(t, 'service.back', sourceOf(service), `${names[service]} on ${host} answers again`, { host, data })]
    }
    // it was never there: it starts
    if (!before) return []
    before.missedAt ??= t
    before.misses++
    const enough = why === 'no answer in time' ? lateMs : refusedMs
    if (before.told || before.misses < fewestMisses || t - before.missedAt < enough) return []
    before.told = true
    const text = `${names[service]} on ${host} does not answer: ${why}`
    const u = before.missedAt - before.okAt
    return [event(before.missedAt, 'service.lost', sourceOf(service), text, { host, u, data })]
  }

  return (fact) => {
    if (fact.source === 'jump') {
      for (const one of seen.values()) {
        one.okAt += fact.axisMs
        if (one.missedAt !== null) one.missedAt += fact.axisMs
      }
    }
    // a host that is away takes its services with it, and that is told as what it is
    if (fact.source === 'engine' && fact.state.container !== 'running')
      for (const service of Object.keys(names)) seen.delete(`${fact.host} ${service}`)
    const why = 'why' in fact ? (fact.why ?? 'no answer') : 'no answer'
    if (fact.source === 'sql') return look(fact.host, 'postgres', fact.t, fact.reading ? null : why)
    if (fact.source === 'patroni') return look(fact.host, 'patroni', fact.t, fact.reading ? null : why)
    if (fact.source === 'proxy') return look(fact.host, 'haproxy', fact.t, fact.answers ? null : why)
    return []
  }
}

const sourceOf = (service: Service): string => ({ patroni: 'patroni', postgres: 'sql', haproxy: 'proxy' })[service]
