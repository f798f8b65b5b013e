import { useEffect, useState } from 'react'
import type { FaultKindInfo } from '../../src-main/contract/fault.js'
import { createClient, failureOf, type Failure } from '../app/connection.js'

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
  kind: 'choice' | 'number' | 'text' | 'list' | 'flag'
  choices: string[]
  start: string
  required: boolean
}

interface Property {
  type?: string
  enum?: unknown[]
  description?: string
  default?: unknown
}

export function optionFields(schema: Record<string, unknown>): OptionField[] {
  const properties = (schema['properties'] ?? {}) as Record<string, Property>
  const required = (schema['required'] ?? []) as string[]
  return Object.entries(properties).map(([name, property]) => {
    const choices = (property.enum ?? []).map(String)
    const { default: start } = property
    return {
      name,
      about: property.description ?? '',
      kind: kindOf(property),
      choices,
      start: start === undefined ? (choices[0] ?? '') : textOf(start),
      required: required.includes(name) && start === undefined,
    }
  })
}

/** A default as it would be typed. */
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function kindOf({ type, enum: choices }: Property): OptionField['kind'] {
  if (choices) return 'choice'
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'array') return 'list'
  return type === 'boolean' ? 'flag' : 'text'
}

/** The value that src-main validates, from what was typed. An empty field is left out, so that its default holds. */
export function optionValues(fields: OptionField[], typed: Record<string, string>): Record<string, unknown> {
  const entries = fields.map((field): [string, unknown] => {
    const text = (typed[field.name] ?? field.start).trim()
    if (text === '') return [field.name, undefined]
    if (field.kind === 'number') return [field.name, Number(text)]
    if (field.kind === 'flag') return [field.name, text === 'true']
    if (field.kind === 'list') return [field.name, text.split(/[\s,]+/).filter(Boolean)]
    return [field.name, text]
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
