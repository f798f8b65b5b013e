import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventKinds, labRecord } from '../../../src-main/contract/record.js'
import { violation } from '../../../src-main/contract/cluster.js'

const page = readFileSync(new URL('../../../docs/records.md', import.meta.url), 'utf8')
const named = new Set([...page.matchAll(/`([a-zA-Z.]+)`/g)].map(([, name]) => name))

test('every kind of record, of event and of invariant is explained on the page for other tools', () => {
  const kinds = labRecord.options.map(({ shape }) => shape.k.value)
  const missing = [...kinds, ...eventKinds, ...violation.shape.invariant.options].filter((kind) => !named.has(kind))
  expect(missing).toEqual([])
})

test('the page explains no event that there is not', () => {
  const table = page.slice(page.indexOf('## How events are concluded'), page.indexOf('## Invariants'))
  const rows = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)])
  expect(rows.length).toBeGreaterThan(30)
  const unknown = rows.map(([, kind]) => kind!).filter((kind) => !(eventKinds as readonly string[]).includes(kind))
  expect(unknown).toEqual([])
})
