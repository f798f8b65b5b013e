import { z } from 'zod'
import { notHonoured, patroniText } from './config.js'
import { epochMs, labName } from './names.js'
import { serviceName, settingsSpec, topologySpec } from './topology.js'

/** An address on this machine, published by the engine on the loopback interface. */
export const endpoint = z.object({
  host: z.string(),
  port: z.int(),
  tls: z
    .object({
      ca: z.string().describe("Path of the lab's authority, by which its certificates are verified"),
      name: z.string().describe('A name that the certificate has; 127.0.0.1 is in it as well'),
      cert: z.string().optional().describe('Path of the certificate that the service asks its clients for'),
      key: z.string().optional().describe('and of its key, a 0600 file'),
    })
    .optional()
    .describe('How to speak TLS there. Absent: it speaks no TLS'),
})
export type Endpoint = z.infer<typeof endpoint>

/** Where clients write: one address, or the first of several of which the one that takes writes is meant. */
export const writeEndpoint = endpoint.extend({
  others: z.array(endpoint).optional().describe('Without a proxy: the other data hosts, tried in turn'),
})
export type WriteEndpoint = z.infer<typeof writeEndpoint>

/** Keys of a host's endpoints. Names of interfaces, as a host may serve several per service. */
export const endpointKeys = [
  'etcd',
  'patroni',
  'postgres',
  'proxyWrite',
  'proxyRead',
  'proxyStats',
  'pgbouncer',
  'prometheus',
] as const
export const endpointKey = z.enum(endpointKeys)
export type EndpointKey = z.infer<typeof endpointKey>

export const labHost = z.object({
  name: z.string(),
  address: z.string().describe('Static address inside the lab network'),
  services: z.array(serviceName),
  endpoints: z.partialRecord(endpointKey, endpoint),
  at: z.tuple([z.number(), z.number()]),
  site: z.string().optional().describe('Absent: the main one, whose etcd says who leads'),
})
export type LabHost = z.infer<typeof labHost>

/** The life of a lab. The table of allowed changes is lab/states.ts. */
export const labStates = ['booting', 'healthy', 'failed', 'removing'] as const
export const labState = z.enum(labStates)
export type LabState = z.infer<typeof labState>

/** What `dojo up --json` prints and every screen starts from. Holds no secret. */
export const labInfo = z.object({
  lab: labName,
  topology: z.string(),
  state: labState,
  createdAt: epochMs,
  seconds: z.record(z.string(), z.number()).describe('Seconds per boot phase, and total'),
  hosts: z.array(labHost),
  client: z.object({ readWrite: writeEndpoint, readOnly: endpoint.optional() }),
  credentials: z.string().describe('Path of a 0600 file that holds user names and passwords'),
  settings: settingsSpec.describe('Settings as asked for: the topology and --set, merged'),
  spec: topologySpec,
  scope: z.string().describe("Patroni's scope: keys live under /service/<scope>/"),
  image: z.string(),
  patroni: z
    .object({
      config: z.record(z.string(), z.unknown()).describe('What of it the cluster was born with'),
      notHonoured: z.array(notHonoured),
    })
    .optional()
    .describe("A person's own dynamic configuration, where one was given"),
})
export type LabInfo = z.infer<typeof labInfo>

/** Content of the credentials file. Never crosses the contract; read by clients of the cluster only. */
export const credentialsSpec = z.object({
  superuser: z.object({ username: z.string(), password: z.string() }),
  replication: z.object({ username: z.string(), password: z.string() }),
  rewind: z.object({ username: z.string(), password: z.string() }),
  app: z.object({ username: z.string(), password: z.string(), database: z.string() }),
  patroniRest: z.object({ username: z.string(), password: z.string() }),
  repository: z.object({ password: z.string() }).optional().describe('Key of an encrypted backup repository'),
})
export type Credentials = z.infer<typeof credentialsSpec>

export const upOptions = z.object({
  topology: z.string(),
  name: labName.optional(),
  set: z.array(z.string()).default([]).describe('KEY=VALUE, for example patroni.ttl=30'),
  ports: z.enum(['random', 'fixed']).default('random'),
  patroni: patroniText.optional().describe("A person's own dynamic configuration of Patroni, as YAML"),
})
export type UpOptions = z.input<typeof upOptions>

/** Boot phases in the order of their first start; several run at the same time. */
export const bootPhases = ['containers', 'etcd', 'leader', 'standby', 'proxy', 'write', 'backup'] as const
export const bootPhase = z.enum(bootPhases)
export type BootPhase = z.infer<typeof bootPhase>

export const bootPhaseView = z.object({
  phase: bootPhase,
  title: z.string().describe('For example: etcd quorum'),
  about: z.string().describe('What happens in it and what it is for, one or two sentences'),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  startedMs: z.number().optional().describe('Since the boot began'),
  endedMs: z.number().optional(),
  lastBootMs: z.tuple([z.number(), z.number()]).optional().describe('Start and end in the last boot of this topology'),
  detail: z.string().optional().describe('What it sees now, for example: 2 of 3 members answer'),
})
export type BootPhaseView = z.infer<typeof bootPhaseView>

export const bootHostView = z.object({
  name: z.string(),
  container: z.enum(['absent', 'created', 'running', 'exited']),
  services: z.array(
    z.object({ service: z.string(), state: z.enum(['absent', 'starting', 'up', 'failed']), detail: z.string() }),
  ),
})

/** The boot screen in one value; sent whole whenever a part of it changes. */
export const bootProgress = z.object({
  lab: labName,
  topology: z.string(),
  startedAt: epochMs,
  elapsedMs: z.number(),
  usualMs: z.number().optional().describe('Median of earlier boots of this topology on this machine'),
  state: labState,
  phases: z.array(bootPhaseView),
  hosts: z.array(bootHostView),
  log: z.array(z.object({ atMs: z.number(), host: z.string(), service: z.string(), line: z.string() })),
  error: z.object({ code: z.string(), what: z.string(), why: z.string(), next: z.string() }).optional(),
})
export type BootProgress = z.infer<typeof bootProgress>
