import { z } from 'zod'
import { topologyFile } from '../contract/topology.js'
import { exerciseSpec } from './format.js'

type Node = Record<string, unknown>

const variable = { type: 'string', pattern: '^\\{\\{[a-z][a-zA-Z0-9]*\\}\\}$', description: 'A variable' }

/** Where a value is no text, a variable may stand in its place: the loader fills it in before it validates. */
function withVariables(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withVariables)
  if (typeof node !== 'object' || node === null) return node
  const filled = Object.fromEntries(Object.entries(node as Node).map(([key, value]) => [key, withVariables(value)]))
  const { description, ...bare } = filled
  const scalar = filled['type'] === 'integer' || filled['type'] === 'number' || filled['type'] === 'boolean'
  const closed = Array.isArray(filled['enum']) && filled['type'] === 'string'
  if (!scalar && !closed) return filled
  return { anyOf: [bare, variable], ...(description === undefined ? {} : { description }) }
}

const header = (name: string, title: string): Node => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $comment: `Generated from the code. A unit test keeps it current; npx vitest -u writes it anew.`,
  title,
  $id: `pg-ha-dojo/${name}.json`,
})

function published(name: string, title: string, schema: z.ZodType): Node {
  const { $schema: _, ...body } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
    target: 'draft-2020-12',
  })
  return { ...header(name, title), ...body }
}

/** Schemas for editors, by file name under docs/schema/. The loaders validate with the same zod schemas, and say more. */
export const publishedSchemas: Record<string, () => Node> = {
  'exercise.json': () =>
    withVariables(published('exercise', 'An exercise: labs/exercises/<slug>/exercise.yaml', exerciseSpec)) as Node,
  'topology.json': () => published('topology', 'A topology: labs/topologies/<name>.yaml', topologyFile),
}
