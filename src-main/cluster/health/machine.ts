import { engineClock } from '../clocks.js'
import { finding, fresh, hostsRunning, onHost, primaryOf, type Rule } from './input.js'

const fullPercent = 90
/** The disk that all hosts share with this machine, which has other uses too. */
const sharedFullPercent = 95
/** Time servers keep machines within this. */
const skewMs = 500

const mib = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MiB`

export const diskFull: Rule = (input) => {
  let isSharedTold = false
  return Object.entries(input.facts).flatMap(([host, facts]) =>
    (facts?.disks ?? []).flatMap(({ mount, usedPercent, freeBytes }) => {
      const shared = mount === '/'
      if (usedPercent < (shared ? sharedFullPercent : fullPercent) || (shared && isSharedTold)) return []
      isSharedTold ||= shared
      const where = shared ? 'the disk under all hosts' : `${mount} on ${host}`
      const text = `${where} is ${usedPercent} % full: ${mib(freeBytes)} free`
      const about = { rule: 'disk-full', subsystem: 'disk', host: shared ? null : host } as const
      return [finding(about, { text, next: onHost(input, host, `du -xh --max-depth=2 ${mount}`) })]
    }),
  )
}

/** Hosts share the engine's clock; one that shows another time has been bent. */
export const clockWrong: Rule = (input) => {
  const { clocks = {} } = input.state
  const { [engineClock]: engine, ...hosts } = clocks
  return Object.entries(hosts).flatMap(([host, { offsetMs, u }]) => {
    const skew = offsetMs - (engine?.offsetMs ?? 0)
    if (Math.abs(skew) - u - (engine?.u ?? 0) <= skewMs) return []
    const text = `the clock of ${host} is ${(Math.abs(skew) / 1000).toFixed(1)} s ${skew > 0 ? 'ahead' : 'behind'}`
    const since = input.eventAt(['clock.skewed'], host)
    const next = onHost(input, host, 'date --iso-8601=ns')
    return [finding({ rule: 'clock-wrong', subsystem: 'clocks', host, severity: 'warning' }, { text, since, next })]
  })
}

/** Where the proxy sends writes has to be who leads. */
export const proxyRoute: Rule = (input) => {
  const [proxy] = hostsRunning(input, 'haproxy')
  const backends = fresh(input.state.proxy)
  const primary = primaryOf(input)
  if (!proxy || !backends || !primary) return []
  const writers = backends.filter(({ write }) => write).map(({ host }) => host)
  if (writers.length === 1 && writers[0] === primary.name) return []
  const rule = writers.length === 0 ? 'proxy-no-writer' : 'proxy-wrong-writer'
  const text =
    writers.length === 0
      ? `the proxy sends writes to nobody, though ${primary.name} leads`
      : `the proxy sends writes to ${writers.join(', ')}, and ${primary.name} leads`
  const scheme = proxy.endpoints.proxyStats?.tls ? 'https' : 'http'
  const next = onHost(input, proxy.name, `curl -s "${scheme}://${proxy.name}:7000/;csv"`)
  return [finding({ rule, subsystem: 'proxy', host: proxy.name }, { text, next })]
}

/** What somebody broke on purpose. Incidents keep theirs to themselves. */
export const faultActive: Rule = (input) =>
  input.state.faults.flatMap(({ id, kind, target, state, appliedAt, by, did }) => {
    if (!['active', 'healing', 'failed'].includes(state) || by === 'exercise' || by === 'proof') return []
    const text =
      state === 'failed' ? `fault ${kind} on ${target} failed` : (did ?? `fault ${kind} on ${target} is active`)
    const next = `dojo heal ${input.info.lab} ${id}`
    const host = input.info.hosts.some(({ name }) => name === target) ? target : null
    return [
      finding(
        { rule: 'fault-active', subsystem: 'faults', host, severity: 'warning' },
        { text, since: appliedAt, next },
      ),
    ]
  })

/** A promise of the topology that is broken now, and is not told by another rule. */
export const promiseBroken: Rule = (input) =>
  (input.state.violations ?? []).flatMap(({ invariant, text, from, to }) =>
    to !== null || invariant === 'writablePrimaries'
      ? []
      : [
          finding(
            { rule: 'promise-broken', subsystem: 'promises' },
            { text, since: from, next: `dojo status ${input.info.lab}` },
          ),
        ],
  )
