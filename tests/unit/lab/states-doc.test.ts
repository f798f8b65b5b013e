import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { diagram } from '../../../src-main/lab/states.js'

test('the diagram in docs/lab-states.md is drawn from the table', () => {
  const page = readFileSync(new URL('../../../docs/lab-states.md', import.meta.url), 'utf8')
  expect(page).toContain(`\`\`\`mermaid\n${diagram()}\`\`\``)
})
