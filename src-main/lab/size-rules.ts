import { whoLeads, type TopologyFile } from '../contract/topology.js'
import { hostsIn, type NamedHost, type Sizes } from './sizes.js'

export interface Broken {
  path: PropertyKey[]
  message: string
}

/** More members make every write slower, and losing two of five is already more than most clusters meet. */
const mostEtcd = 5
const lastAddress = 254
const lastRow = 7

/** What can be wrong with how many hosts there are, and with what they are called then. */
export function sizesBroken(file: TopologyFile, sizes: Sizes): Broken[] {
  const hosts = hostsIn(file, sizes)
  return [...copiesBroken(file), ...namesBroken(hosts), ...votesBroken(hosts)]
}

/** An author hears of an impossible size before anybody asks for it. */
function copiesBroken(file: TopologyFile): Broken[] {
  return Object.entries(file.hosts).flatMap(([entry, { copies, address, at }]) => {
    if (!copies) return []
    const wrong = (key: string, message: string): Broken => ({
      path: ['hosts', entry, key],
      message: `hosts.${entry}.${key}: ${message}`,
    })
    const { min, max } = copies
    const last = address + max - 1
    const taken = Object.entries(file.hosts).find(([other, spec]) => {
      const end = spec.address + (spec.copies?.max ?? 1) - 1
      return other !== entry && spec.address <= last && end >= address
    })
    return [
      ...(min > copies.default || copies.default > max
        ? [wrong('copies', `min, default and max go up; here they are ${min}, ${copies.default}, ${max}`)]
        : []),
      ...(taken
        ? [wrong('address', `${max} hosts take ${address} to ${last}, and ${taken[0]} has ${taken[1].address}`)]
        : []),
      ...(last > lastAddress ? [wrong('address', `${max} hosts end at ${last}, above ${lastAddress}`)] : []),
      ...(at[1] + max - 1 > lastRow
        ? [wrong('at', `${max} hosts need rows to ${at[1] + max - 1}, above ${lastRow}`)]
        : []),
    ]
  })
}

function namesBroken(hosts: readonly NamedHost[]): Broken[] {
  return hosts.flatMap(({ name, entry }, nth) => {
    const path = ['hosts', entry]
    if (name === whoLeads)
      return [{ path, message: `hosts.${entry}: "${name}" means whoever leads; choose another name` }]
    const first = hosts.find((other) => other.name === name)
    return first && hosts.indexOf(first) < nth
      ? [{ path, message: `hosts.${entry}: a host is called ${name} already, from ${first.entry}` }]
      : []
  })
}

/** A quorum is more than half: an even member more makes it larger, and survives no loss more. */
function votesBroken(hosts: readonly NamedHost[]): Broken[] {
  const sites = new Set(hosts.map(({ spec }) => spec.site))
  return [...sites].flatMap((site) => votesOf(hosts.filter(({ spec }) => spec.site === site)))
}

function votesOf(hosts: readonly NamedHost[]): Broken[] {
  const voters = hosts.filter(({ spec }) => spec.services.includes('etcd'))
  const last = voters.at(-1)
  const count = voters.length
  if (!last) return []
  const path = ['hosts', last.entry, 'services']
  if (count > mostEtcd) return [{ path, message: `hosts: ${count} run etcd; at most ${mostEtcd}` }]
  if (count % 2 === 1) return []
  const survives = `${count} members survive the loss of ${count / 2 - 1}, as ${count - 1} do`
  return [{ path, message: `hosts: etcd runs on ${count} of them; take 1, 3 or 5, as ${survives}` }]
}
