import type { ExportKind } from '../../contract/export.js'
import type { Credentials } from '../../contract/lab.js'
import type { FolderFile } from '../../util/write-folder.js'
import { securedOn } from '../certificates.js'
import type { LabPlan } from '../plan.js'

/** Holds no secret, unless one was asked for: where one belongs, it says so by a token. */
export type ExportedFile = FolderFile

/** What stands in an exported file where a secret, a certificate or the network's address belongs. */
export interface Tokens {
  secret: (name: string) => string
  /** The first three octets of every address. */
  prefix: string
  /** ca.crt, host.crt or host.key: a line of its own, which stands for the whole file. */
  pem: (file: string) => string
}

/** `@superuser_password@`: replaced by a start script, or by hand. */
export const plainTokens = {
  secret: (name: string): string => `@${name}_password@`,
  prefix: '@prefix@',
  pem: (file: string): string => `@${file}@\n`,
}

/** A password's name in files and variables: patroniRest is patroni_rest. */
export const secretName = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Each password of a lab by its name. */
export const secretsOf = (credentials: Credentials): Record<string, string> =>
  Object.fromEntries(
    Object.entries(credentials).flatMap(([key, login]) => (login ? [[secretName(key), login.password]] : [])),
  )

/** A lab's plan that holds no secret: rendered, every file says by a token what belongs there. */
export function withoutSecrets(plan: Omit<LabPlan, 'pki'>, { secret, prefix, pem }: Tokens): LabPlan {
  const credentials = Object.fromEntries(
    Object.entries(plan.credentials).map(([key, login]) => [key, { ...login, password: secret(secretName(key)) }]),
  ) as Credentials
  const host = { cert: pem('host.crt'), key: pem('host.key') }
  const names = Object.keys(plan.topology.hosts)
  const hosts = Object.fromEntries(names.map((name) => [name, host]))
  // one certificate per host serves all that is on it, and is the host's own as a client
  const all = (name: string) => ({
    client: host,
    servers: Object.fromEntries(securedOn(plan.topology, name).map((service) => [service, host])),
  })
  const everything = Object.fromEntries(names.map((name) => [name, all(name)]))
  return { ...plan, prefix, credentials, pki: { ca: pem('ca.crt'), hosts, everything } }
}

/** An export with the passwords in it: where files are used as they are, in them; elsewhere as files of their own. */
export function withTheSecrets(
  files: readonly ExportedFile[],
  as: ExportKind,
  credentials: Credentials,
): ExportedFile[] {
  const secrets = Object.entries(secretsOf(credentials))
  const own = 0o600
  if (as !== 'config') {
    const passwords = secrets.map(([name, value]) => ({
      path: `secrets/passwords/${name}`,
      content: `${value}\n`,
      mode: own,
    }))
    return [...files, ...passwords]
  }
  return files.map((file) => {
    let { content } = file
    for (const [name, value] of secrets) content = content.replaceAll(plainTokens.secret(name), value)
    return content === file.content ? file : { ...file, content, mode: own }
  })
}
