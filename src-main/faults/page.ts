import { faultGroups, faultSchedule, type FaultKindInfo } from '../contract/fault.js'
import { z } from 'zod'
import { targetRoles } from './targets.js'

interface Documented {
  info: FaultKindInfo
  requires?: string | undefined
  proves: string
}

interface Option {
  type?: string
  enum?: readonly string[]
  items?: Option
  description?: string
  default?: string | number | boolean | readonly string[]
  minimum?: number
  maximum?: number
}

const head = `# Faults

Written by \`src-main/faults/page.ts\` from the kinds; a unit test compares this file with them.

A fault is a disturbance that applies itself, proves that it took effect, heals, and proves that it healed. It is in the
lab's ledger before anything is done. Network faults act from a container beside the target, in its network: the host
itself has no right to change or to see the rules. They name peers by address, so that this machine's own route to a
host, by which it is observed, is never disturbed. A restarted host has lost them, and the ledger says so.

`

/** docs/faults.md: what there is to break, by group, from the kinds themselves. */
export function faultsPage(kinds: readonly Documented[]): string {
  const groups = faultGroups
    .map((group) => ({ group, own: kinds.filter(({ info }) => info.group === group) }))
    .filter(({ own }) => own.length > 0)
  const list = groups.map(
    ({ group, own }) => `- ${group}: ${own.map(({ info }) => `[${info.kind}](#${info.kind})`).join(', ')}`,
  )
  const roles = targetRoles.map((role) => `\`${role}\``).join(', ')
  return [
    head,
    `${list.join('\n')}\n\n`,
    `A target is a host by name, or a role: ${roles}.\n\n`,
    ...groups.map(({ group, own }) => `## Of the ${group}\n\n${own.map(section).join('')}`),
    '## Schedules\n\nEvery kind can happen later, for a time, or again and again. What is scheduled is in the ledger, in the state\n`scheduled`, and its role is resolved when it is due. It happens only while an app runs that owns the labs: a heal that\nbecame due in between is done when the next one starts, an injection is marked as failed. Healing cancels what has not\nbegun.\n\n',
    `\`dojo fault LAB KIND TARGET --after 10s --for 43s --every 60s --times 5\`\n\n`,
    optionTable(schemaOf(faultSchedule), ''),
  ].join('')
}

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>

function section({ info: { kind, summary, targets, options, ends }, requires, proves }: Documented): string {
  return [
    `### ${kind}\n\n${summary}.\n\n`,
    `- target: ${targets === 'any-host' ? 'any host' : 'a host with PostgreSQL'}\n`,
    `- proof: ${proves}\n`,
    requires ? `- wants ${requires} of the engine's kernel, and is refused without\n` : '',
    ends ? `- ends: ${ends.join(', ')}\n` : '',
    '\n',
    optionTable(options, '--'),
  ].join('')
}

function optionTable(schema: Record<string, unknown>, prefix: string): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Option>)
  if (properties.length === 0) return ''
  const rows = properties.map(
    ([name, option]) =>
      `| \`${prefix}${name}\` | ${valuesOf(option)} | ${defaultOf(option)} | ${(option.description ?? '').replaceAll('|', '\\|')} |\n`,
  )
  return `| option | values | default | |\n|---|---|---|---|\n${rows.join('')}\n`
}

function valuesOf({ type = '', enum: choices, items, minimum, maximum }: Option): string {
  if (choices) return choices.join(', ')
  if (type === 'array') return items?.enum ? `some of ${items.enum.join(', ')}` : 'names'
  return minimum !== undefined && maximum !== undefined ? `${type}, ${minimum} to ${maximum}` : type
}

const defaultOf = ({ default: standard }: Option): string =>
  standard === undefined ? '' : typeof standard === 'object' ? standard.join(', ') || 'none' : String(standard)
