import { expect, test } from 'vitest'
import { infoOf } from '../../../src-main/faults/fault.js'
import { kinds } from '../../../src-main/faults/kinds.js'
import { faultsPage } from '../../../src-main/faults/page.js'

const again = 'write it anew with: npx vitest run --project unit tests/unit/faults/faults-doc.test.ts -u'

test('docs/faults.md is written from the kinds', async () => {
  const page = faultsPage(kinds.map((kind) => ({ info: infoOf(kind), requires: kind.requires, proves: kind.proves })))
  await expect(page, again).toMatchFileSnapshot('../../../docs/faults.md')
})
