import type { FaultRecord } from '../../src-main/contract/fault.js'
import { byWords } from './scene-base.js'

/** What faults keep back on one link. */
export interface LinkCut {
  /** Packets that are kept back: those along the link's arrow, those against it, or both. */
  way: 'there' | 'back' | 'both'
  /** For the mark: "partition: etcd only, from pg1". */
  words: string
  /** What is cut, by what, by whom, for those who ask. */
  explain: string
}

const working: readonly FaultRecord['state'][] = ['applying', 'active', 'healing']
export const isWorking = ({ state }: FaultRecord): boolean => working.includes(state)
export const kindWords = ({ kind }: Pick<FaultRecord, 'kind'>): string => kind.replaceAll('-', ' ')

const serviceNames: Record<string, string> = {
  postgres: 'PostgreSQL',
  patroni: 'Patroni’s REST',
  pgbackrest: 'pgBackRest',
  haproxy: 'HAProxy',
  pgbouncer: 'PgBouncer',
}
export const serviceWords = (services: readonly string[]): string =>
  services.map((name) => serviceNames[name] ?? name).join(', ')

/** Whether a fault keeps back what one host sends to another, as far as it belongs to one of these services. */
function cutsBetween(fault: FaultRecord, from: string, to: string, services: readonly string[]) {
  return (fault.cuts ?? []).filter(
    (cut) =>
      cut.from === from &&
      cut.to === to &&
      (cut.services.length === 0 || cut.services.some((service) => services.includes(service))),
  )
}

/**
 * What the working faults keep back between two hosts for these services (spelled as topologies spell them, and
 * `postgres`); null where everything passes.
 */
export function cutOf(
  faults: readonly FaultRecord[],
  from: string,
  to: string,
  services: readonly string[],
): LinkCut | null {
  const found = faults.filter(isWorking).flatMap((fault) => {
    const there = cutsBetween(fault, from, to, services)
    const back = cutsBetween(fault, to, from, services)
    return there.length + back.length > 0 ? [{ fault, there, back }] : []
  })
  if (found.length === 0) return null
  const there = found.some((each) => each.there.length > 0)
  const back = found.some((each) => each.back.length > 0)
  const way = there && back ? 'both' : there ? 'there' : 'back'
  const cuts = found.flatMap((each) => [...each.there, ...each.back])
  const all = cuts.some((cut) => cut.services.length === 0)
  const only = all ? [] : [...new Set(cuts.flatMap((cut) => cut.services))]
  const names = [...new Set(found.map(({ fault }) => kindWords(fault)))].join(' and ')
  const sender = way === 'there' ? from : to
  const what = only.length > 0 ? serviceWords(only) : 'everything'
  const by = found.map(({ fault }) => `${kindWords(fault)} of ${fault.target}${byWords[fault.by]}`).join(' and ')
  return {
    way,
    words: `${names}${only.length > 0 ? `: ${serviceWords(only)} only` : ''}${way === 'both' ? '' : `, from ${sender}`}`,
    explain:
      way === 'both'
        ? `Cut both ways by ${by}: ${what} between ${from} and ${to} is kept back.`
        : `Cut one way by ${by}: ${what} that ${sender} sends to ${sender === from ? to : from} is kept back; the other direction is open.`,
  }
}

/** Everything that a fault cuts, in one clause: "everything, both ways", "etcd, on the way from pg1". */
export function reachOf(fault: FaultRecord): string | null {
  const cuts = fault.cuts ?? []
  if (cuts.length === 0) return null
  const only = cuts.some(({ services }) => services.length === 0)
    ? []
    : [...new Set(cuts.flatMap(({ services }) => services))]
  const has = (from: string, to: string): boolean => cuts.some((cut) => cut.from === from && cut.to === to)
  const both = cuts.every(({ from, to }) => has(to, from))
  const senders = new Set(cuts.map(({ from }) => from))
  const way = both
    ? 'both ways'
    : senders.size === 1
      ? `on the way from ${[...senders][0]!}`
      : `on the way to ${[...new Set(cuts.map(({ to }) => to))].join(', ')}`
  return `${only.length > 0 ? serviceWords(only) : 'everything'}, ${way}`
}

/**
 * Cuts among members that all talk to each other, said of as few of them as possible: an isolated host is marked, not
 * everybody whom it can't reach. Ties go to the fault's target.
 */
export function cutMembers(
  faults: readonly FaultRecord[],
  members: readonly string[],
  services: readonly string[],
): Map<string, LinkCut> {
  const pairs = members.flatMap((one, index) =>
    members.slice(index + 1).flatMap((other) => (cutOf(faults, one, other, services) ? [[one, other] as const] : [])),
  )
  const isTarget = (name: string): boolean => faults.some((fault) => isWorking(fault) && fault.target === name)
  const marked = new Map<string, LinkCut>()
  let rest = pairs
  while (rest.length > 0) {
    const count = (name: string): number => rest.filter((pair) => pair.includes(name)).length
    const [most] = members.toSorted((a, b) => count(b) - count(a) || Number(isTarget(b)) - Number(isTarget(a)))
    const others = rest.filter((pair) => pair.includes(most!)).map(([a, b]) => (a === most ? b : a))
    const cuts = others.map((other) => cutOf(faults, most!, other, services)!)
    const way = cuts.every((cut) => cut.way === cuts[0]!.way) ? cuts[0]!.way : 'both'
    const isAll = others.length === members.length - 1
    marked.set(most!, {
      way,
      words: `${cuts[0]!.words}${isAll ? '' : `, to ${others.join(', ')}`}`,
      explain: cuts.map(({ explain }) => explain).join(' '),
    })
    rest = rest.filter((pair) => !pair.includes(most!))
  }
  return marked
}
