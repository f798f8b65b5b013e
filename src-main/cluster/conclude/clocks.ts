import type { ClockOffset } from '../../contract/cluster.js'
import type { LabRecord } from '../../contract/record.js'
import { engineClock, type Clocks } from '../clocks.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

/** Time servers keep machines within this; leases, time stamps and point-in-time recovery suffer from more. */
const skewMs = 500
const recordEveryMs = 60_000
/** A moved clock is worth a record; a better measurement of the same one can wait. */
const movedMs = 50

const seconds = (ms: number): string => `${(Math.abs(ms) / 1000).toFixed(1)} s`

/**
 * Clocks that go wrong, and the records of how far each is from the app's. Hosts are containers and share the engine's
 * clock: a host is skewed when it shows another time than that. Where the engine was not asked, this machine's own clock counts.
 */
export function concludeClocks(clocks: Clocks): (fact: Fact) => LabRecord[] {
  const told = new Map<string, number>()
  let recorded: { t: number; offsets: Record<string, ClockOffset> } = { t: -Infinity, offsets: {} }
  let engineSeen = false
  let revision: { revision: number; at: number } | null = null
  let etcdHalf = 0
  let ahead = 0

  type Judged = { name: string; host?: string; skew: number; u: number; against: string }
  const judge = (t: number, { name, host, skew, u, against }: Judged): LabRecord[] => {
    const key = host ?? engineClock
    const before = told.get(key) ?? 0
    const source = host ? 'sql' : 'engine'
    const extra = { ...(host ? { host } : {}), u, data: { offsetMs: skew, u, against } }
    if (Math.abs(skew) - u > skewMs && Math.abs(skew - before) > skewMs + u) {
      told.set(key, skew)
      const text = `clock of ${name} is ${seconds(skew)} ${skew > 0 ? 'ahead' : 'behind'}`
      return [event(t, 'clock.skewed', source, text, extra)]
    }
    if (before === 0 || Math.abs(skew) + u >= skewMs) return []
    told.delete(key)
    return [event(t, 'clock.right', source, `clock of ${name} is right again`, extra)]
  }

  return (fact) => {
    const { t } = fact
    if (fact.source === 'keys') revision = { revision: fact.change.revision, at: t }
    if (fact.source === 'lease') etcdHalf = fact.half ?? etcdHalf
    if (fact.source === 'jump') {
      recorded = { t: -Infinity, offsets: {} }
      if (revision) revision = { ...revision, at: revision.at + fact.axisMs }
      const { byMs, axisMs } = fact
      ahead += axisMs - byMs
      const way = byMs > 0 ? 'forward' : 'back'
      const text = `the clock of this machine jumped ${seconds(byMs)} ${way}`
      return [event(t, 'clock.jumped', 'app', text, { data: { byMs, axisMs } })]
    }
    if (fact.source !== 'sql' && fact.source !== 'clock') return []
    const offsets = clocks.view()
    const engine = offsets[engineClock] ?? null
    engineSeen ||= engine !== null
    // after a jump the engine has to be asked first: its clock may have jumped as well
    const host = fact.source === 'sql' ? offsets[fact.host] : undefined
    const events: LabRecord[] = []
    if (fact.source === 'clock' && engine) {
      const skew = engine.offsetMs + ahead
      events.push(...judge(t, { name: 'the engine', skew, u: engine.u, against: 'this machine' }))
    }
    if (fact.source === 'sql' && host && (engine || !engineSeen)) {
      const against = engine ? engineClock : 'this machine'
      const skew = host.offsetMs - (engine?.offsetMs ?? -ahead)
      events.push(...judge(t, { name: fact.host, host: fact.host, skew, u: host.u + (engine?.u ?? 0), against }))
    }
    const moved = Object.entries(offsets).some(([name, { offsetMs, u }]) => {
      const was = recorded.offsets[name]
      return !was || Math.abs(offsetMs - was.offsetMs) > movedMs + u + was.u
    })
    if (!moved && t - recorded.t < recordEveryMs) return events
    recorded = { t, offsets }
    const etcd = revision && { etcd: { ...revision, u: etcdHalf } }
    return [...events, { t, k: 'clock', clocks: offsets, ...etcd }]
  }
}
