import { z } from 'zod'
import { epochMs } from './names.js'

/** What became of a value that somebody asked for, where it is not simply in force. */
export const configFindingKinds = [
  'adjusted', // Patroni runs with another value, and says so in its log only
  'refused', // Patroni or PostgreSQL can't use it: what was before, or the default, is in force
  'overridden', // a host has a value of its own
  'restart', // it waits for a restart of PostgreSQL
  'waiting', // Patroni has not taken it up yet
] as const

export const configFinding = z.object({
  key: z.string().describe('As in the dynamic configuration: ttl, postgresql.parameters.work_mem'),
  host: z.string().nullable().describe('null: on every host'),
  kind: z.enum(configFindingKinds),
  asked: z.unknown().optional().describe('As the dynamic configuration has it; absent when it says nothing'),
  effective: z.string().nullable(),
  why: z.string().describe('A sentence'),
  next: z.string().describe('What to do about it, a clause'),
})
export type ConfigFinding = z.infer<typeof configFinding>

export const configValue = z.object({
  key: z.string(),
  about: z.string().optional(),
  asked: z.unknown().optional().describe('Absent: not in the dynamic configuration, a default holds'),
  effective: z.record(z.string(), z.string().nullable()).describe('By data host; null where it can not be known now'),
})
export type ConfigValue = z.infer<typeof configValue>

/** The dynamic configuration beside what every data host runs with. */
export const configView = z.object({
  lab: z.string(),
  at: epochMs,
  source: z.string().describe('Who said what is asked: etcd, or the host whose Patroni did'),
  hosts: z.array(
    z.object({
      name: z.string(),
      why: z.string().optional().describe('Why it can not say what it runs with; absent when it can'),
      restart: z.array(z.string()).describe('Parameters that wait for a restart of PostgreSQL here'),
    }),
  ),
  values: z.array(configValue),
  findings: z.array(configFinding),
})
export type ConfigView = z.infer<typeof configView>

export const configChange = z.object({
  key: z.string().describe('In full, as the dynamic configuration has it'),
  before: z.unknown().optional().describe('Absent: it was not set'),
  asked: z.unknown().optional().describe('Absent: it was taken out'),
  changed: z.boolean().describe('false: it was so already'),
  seconds: z.number().describe('Until every Patroni that answers had taken it up'),
  takenUp: z.array(z.string()).describe('Data hosts whose Patroni has'),
  restart: z.array(z.object({ host: z.string(), parameters: z.array(z.string()) })).describe('What needs one, where'),
  findings: z.array(configFinding).describe('About this key'),
})
export type ConfigChange = z.infer<typeof configChange>

/** A value of a person's own Patroni configuration that a lab did not take as it was. */
export const notHonoured = z.object({
  key: z.string(),
  line: z.int(),
  column: z.int(),
  outcome: z.enum(['left out', 'changed']),
  asked: z.unknown(),
  effective: z.string().optional().describe('What the lab runs with instead, when that can be said'),
  why: z.string(),
})
export type NotHonoured = z.infer<typeof notHonoured>

/** A person's own configuration, as text: src-main reads no file that a screen names. */
export const patroniText = z.object({
  file: z.string().max(500).describe('What to call it in messages'),
  text: z.string().max(200_000),
})

export type ConfigJson = null | boolean | number | string | ConfigJson[] | { [key: string]: ConfigJson }

/**
 * A value as somebody types it: numbers, true, false, null and JSON are what they are, all else are words.
 * @throws SyntaxError where it begins like JSON and is none
 */
export function typedValue(text: string): ConfigJson {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return text === 'true' || text === 'false' || text === 'null' || /^[[{"]/.test(text)
    ? (JSON.parse(text) as ConfigJson)
    : text
}
