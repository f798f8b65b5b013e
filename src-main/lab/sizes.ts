import { DojoError } from '../contract/errors.js'
import type { HostEntry, HostSpec, Topology, TopologyFile } from '../contract/topology.js'

/** How many hosts each entry with copies becomes; those that are not named here become their default. */
export type Sizes = Readonly<Record<string, number>>

/** A host, and the entry of the file that it came from. */
export interface NamedHost {
  name: string
  entry: string
  spec: HostSpec
}

/** The hosts that a file stands for, in its order. Two may have one name: who reads the file says so. */
export function hostsIn(file: TopologyFile, sizes: Sizes = {}): NamedHost[] {
  return Object.entries(file.hosts).flatMap(([entry, { copies, ...spec }]) => {
    const size = copies ? (sizes[entry] ?? copies.default) : 1
    return Array.from({ length: size }, (_, nth) => ({
      name: size === 1 ? entry : `${entry}${nth + 1}`,
      entry,
      spec: { ...spec, address: spec.address + nth, at: [spec.at[0], spec.at[1] + nth] satisfies [number, number] },
    }))
  })
}

/** The topology that a file stands for with these sizes. */
export function withSizes(file: TopologyFile, sizes: Sizes = {}): Topology {
  const hosts = Object.fromEntries(hostsIn(file, sizes).map(({ name, spec }) => [name, spec]))
  const data = Object.values(hosts).filter(({ services }) => services.includes('patroni'))
  const main = data.filter(({ site }) => site === undefined)
  // of another site only its standby leader streams from the main one
  const others = main.length - 1 + new Set(data.flatMap(({ site }) => site ?? [])).size
  const { standbys } = file.healthy
  const streaming = standbys.streaming ?? Math.max(0, others)
  return { ...file, hosts, healthy: { ...file.healthy, standbys: { ...standbys, streaming } } }
}

/** Takes `size.NAME=N` out of what `--set` says; the rest are settings. */
export function sizesIn(set: readonly string[]): { sizes: Record<string, string>; settings: string[] } {
  const isSize = (assignment: string): boolean => assignment.startsWith('size.')
  const sizes = set.filter(isSize).map((assignment) => {
    const [name = '', ...value] = assignment.slice('size.'.length).split('=')
    return [name, value.join('=')] as const
  })
  return { sizes: Object.fromEntries(sizes), settings: set.filter((assignment) => !isSize(assignment)) }
}

const range = ({ copies }: HostEntry): string => (copies ? `${copies.min} to ${copies.max}` : '')

/**
 * Reads sizes that somebody asked for.
 * @param place where an entry stands, as file:line:column
 * @throws DojoError setting-invalid with everything that is wrong
 */
export function readSizes(
  file: TopologyFile,
  asked: Readonly<Record<string, string>>,
  place: (entry: string) => string,
): Sizes {
  const known = Object.entries(file.hosts).filter(([, { copies }]) => copies)
  const wrong = Object.entries(asked).flatMap(([name, value]) => {
    const entry = known.find(([other]) => other === name)?.[1]
    if (!entry?.copies) {
      const names = known.map(([other, each]) => `size.${other} (${range(each)})`).join(', ') || 'none'
      return [`size.${name}: ${file.topology} has no such size; there are ${names}`]
    }
    const fits = /^\d+$/.test(value) && Number(value) >= entry.copies.min && Number(value) <= entry.copies.max
    return fits ? [] : [`size.${name}=${value}: a whole number, ${range(entry)} (${place(name)})`]
  })
  if (wrong.length > 0) throw sizeInvalid(wrong)
  return Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, Number(value)]))
}

export const sizeInvalid = (wrong: readonly string[]): DojoError =>
  new DojoError('setting-invalid', {
    what: wrong.length === 1 ? 'A size is not possible' : `${wrong.length} sizes are not possible`,
    why: wrong.join('; '),
    next: 'Correct it: `--set size.NAME=N` sets how many hosts of one kind there are',
  })
