import { randomBytes } from 'node:crypto'
import { credentialsSpec, type Credentials } from '../contract/lab.js'
import type { Topology } from '../contract/topology.js'
import { readJsonIfAny, writeJsonAtomic } from '../util/atomic-file.js'
import { keepSecret } from '../util/log.js'

/** Roles that Patroni makes for itself. */
export const ownRoles = ['postgres', 'replicator', 'rewinder']

const password = (): string => randomBytes(15).toString('base64url')

/** Fresh passwords for a lab; two labs never share one. The client's user and database are the topology's choice. */
export function makeCredentials({ user = 'app', database = 'app' }: Partial<Topology['client']> = {}): Credentials {
  const made: Credentials = {
    superuser: { username: 'postgres', password: password() },
    replication: { username: 'replicator', password: password() },
    rewind: { username: 'rewinder', password: password() },
    app: { username: user, password: password(), database },
    patroniRest: { username: 'patroni', password: password() },
    repository: { password: password() },
  }
  keep(made)
  return made
}

export const writeCredentials = (path: string, credentials: Credentials): Promise<void> =>
  writeJsonAtomic(path, credentials, 0o600)

/** Content of a lab's credentials file. Throws when it is not there: then the lab is not whole. */
export async function readCredentials(path: string): Promise<Credentials> {
  const read = await readJsonIfAny(path, credentialsSpec)
  if (!read) throw new Error(`${path} is missing`)
  keep(read)
  return read
}

const keep = (credentials: Credentials): void =>
  keepSecret(...Object.values(credentials).flatMap((one) => (one ? [one.password] : [])))
