import { useEffect, useState } from 'react'
import type { FaultKindInfo } from '../../src-main/contract/fault.js'
import { services as allServices } from '../../src-main/contract/topology.js'
import { createClient, failureOf, type Failure } from '../app/connection.js'
import { kindWords } from '../topology/scene-cuts.js'

/** The kinds of faults that src-main knows; the renderer knows none by name. */
let asked: Promise<FaultKindInfo[]> | null = null

export function useFaultKinds(): { kinds: FaultKindInfo[]; failure: Failure | null } {
  const [kinds, setKinds] = useState<FaultKindInfo[]>([])
  const [failure, setFailure] = useState<Failure | null>(null)
  useEffect(() => {
    let gone = false
    asked ??= createClient().faults.kinds()
    asked
      .then((value) => !gone && setKinds(value))
      .catch((error: unknown) => {
        asked = null // asked again by whoever comes next
        if (!gone) setFailure(failureOf(error))
      })
    return () => {
      gone = true
    }
  }, [])
  return { kinds, failure }
}

/** One option of a fault, read from its JSON Schema: what a form needs, and no more. */
export interface OptionField {
  name: string
  about: string
  /** `hosts` and `several` are lists whose entries are chosen, `list` one that is typed. */
  kind: 'choice' | 'number' | 'text' | 'list' | 'hosts' | 'several' | 'flag'
  choices: string[]
  start: string
  required: boolean
}

interface Property {
  type?: string
  enum?: unknown[]
  items?: { type?: string; enum?: unknown[] }
  description?: string
  default?: unknown
}

export function optionFields(schema: Record<string, unknown>): OptionField[] {
  const properties = (schema['properties'] ?? {}) as Record<string, Property>
  const required = (schema['required'] ?? []) as string[]
  return Object.entries(properties).map(([name, property]) => {
    const choices = (property.enum ?? property.items?.enum ?? []).map(String)
    const { default: start } = property
    return {
      name,
      about: property.description ?? '',
      kind: kindOf(name, property),
      choices,
      start: start === undefined ? (property.enum ? (choices[0] ?? '') : '') : textOf(start),
      required: required.includes(name) && start === undefined,
    }
  })
}

/** "graceSeconds" as it is read: "grace seconds"; units keep their capitals. */
export const optionWords = (name: string): string =>
  name.replace(/(?<=[a-z])(?:[KMG]iB|[A-Z])/g, (found) => ` ${found.length > 1 ? found : found.toLowerCase()}`)

/**
 * A field that offers only services which run here, where that is known: postgres and the like are no services, and stay.
 * What it starts with is one of them.
 */
export function fieldHere(field: OptionField, running: readonly string[] | null): OptionField {
  if (!running || (field.name !== 'service' && field.name !== 'services')) return field
  const absent = allServices.filter((service) => !running.includes(service))
  const choices = field.choices.filter((choice) => !absent.some((service) => service === choice))
  const start = field.kind === 'choice' && !choices.includes(field.start) ? (choices[0] ?? '') : field.start
  return { ...field, choices, start }
}

/** Why what was typed cannot be sent; null when it can. */
export function optionProblem(field: OptionField, typed: string): string | null {
  const text = typed.trim()
  if (text === '') return field.required ? `${optionWords(field.name)} is needed` : null
  if (field.kind !== 'number' || Number.isFinite(Number(text))) return null
  return `${optionWords(field.name)} wants a number, for example ${field.start || '10'}`
}

/** A default as it would be typed. */
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Lists by these names, or that say so, hold hosts. */
const hostLists = ['from', 'with', 'to', 'hosts', 'peers']

function kindOf(name: string, { type, enum: choices, items, description = '' }: Property): OptionField['kind'] {
  if (choices) return 'choice'
  if (type === 'array' && items?.enum) return 'several'
  if (type === 'array' && (hostLists.includes(name) || description.startsWith('Hosts'))) return 'hosts'
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'array') return 'list'
  return type === 'boolean' ? 'flag' : 'text'
}

const lists: readonly OptionField['kind'][] = ['list', 'hosts', 'several']
export const listOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

/** The value that src-main validates, from what was typed. An empty field is left out, so that its default holds. */
export function optionValues(fields: OptionField[], typed: Record<string, string>): Record<string, unknown> {
  const entries = fields.map((field): [string, unknown] => {
    const text = (typed[field.name] ?? field.start).trim()
    if (text === '') return [field.name, undefined]
    if (field.kind === 'number') return [field.name, Number(text)]
    if (field.kind === 'flag') return [field.name, text === 'true']
    if (lists.includes(field.kind)) return [field.name, listOf(text)]
    return [field.name, text]
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

type Group = FaultKindInfo['group']
/** The contract's groups, in the order of a menu. */
const faultGroups: readonly Group[] = ['host', 'process', 'network', 'storage', 'consensus', 'people']
const groupTitles: Record<Group, string> = {
  host: 'Hosts',
  process: 'Processes',
  network: 'Network',
  storage: 'Storage',
  consensus: 'Consensus',
  people: 'People',
}

/** Kinds by group, in the groups' order, as far as every typed word is in what they say of themselves. */
export function groupedKinds(
  kinds: readonly FaultKindInfo[],
  typed: string,
): { group: Group; title: string; kinds: FaultKindInfo[] }[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = ({ kind, group, action, summary }: FaultKindInfo): boolean => {
    const text = `${kind} ${kindWords({ kind })} ${groupTitles[group]} ${action} ${summary}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  return faultGroups
    .map((group) => ({
      group,
      title: groupTitles[group],
      kinds: kinds.filter((kind) => kind.group === group && matches(kind)),
    }))
    .filter((each) => each.kinds.length > 0)
}
