import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkKinds } from '../../../src-main/checks/index.js'
import { exerciseSpec } from '../../../src-main/exercises/format.js'
import { publishedSchemas } from '../../../src-main/exercises/json-schema.js'

test.each(Object.entries(publishedSchemas))('docs/schema/%s is what the code says', async (name, schema) => {
  await expect(`${JSON.stringify(schema(), null, 2)}\n`).toMatchFileSnapshot(`../../../docs/schema/${name}`)
})

type Node = { properties?: Record<string, Node>; description?: string; $ref?: string } & Record<string, unknown>

/** Names of properties without a description, however deep. */
function undescribed(node: unknown, path = ''): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => undescribed(item, path))
  if (typeof node !== 'object' || node === null) return []
  const own = Object.entries((node as Node).properties ?? {}).flatMap(([name, property]) =>
    property.description === undefined && property.$ref === undefined && !described(property)
      ? [`${path}.${name}`]
      : [],
  )
  const inner = Object.entries(node).flatMap(([key, value]) =>
    undescribed(value, key === 'properties' ? path : `${path}/${key}`),
  )
  return [...own, ...inner]
}
const described = ({ anyOf, allOf }: Node): boolean =>
  [...((anyOf ?? []) as Node[]), ...((allOf ?? []) as Node[])].some((one) => one.description !== undefined)

describe('options are described where they are declared', () => {
  test.each(checkKinds.map(({ kind, params }) => [kind, params] as const))('%s', (_kind, params) => {
    expect(undescribed(z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }))).toEqual([])
  })

  test('most of the exercise format, names and titles apart', () => {
    const plain =
      /\.(title|id|label|note|kind|mode|minutes|difficulty|step|within|by|for|unit|run|on|as|text|since|answer|value|number|because|seconds|steps|checks|questions|fault|target|from|to|live|hints|fails|do|check|diagnosis|after|eventually|holds)$/
    const missing = undescribed(z.toJSONSchema(exerciseSpec, { io: 'input', unrepresentable: 'any' }))
    expect(missing.filter((path) => !plain.test(path))).toEqual([])
  })
})
