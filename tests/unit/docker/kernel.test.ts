import { expect, test } from 'vitest'
import { parseAbilities } from '../../../src-main/docker/kernel.js'

test("an ability that fails keeps the kernel's words", () => {
  const abilities = parseAbilities('nft works\r\nnetem Error: Specified qdisc kind is unknown.\r\ntbf works\r\n')
  expect(abilities.nft).toEqual({ works: true, detail: 'works' })
  expect(abilities.netem).toEqual({ works: false, detail: 'Error: Specified qdisc kind is unknown.' })
})

test('a probe that said nothing does not count as working', () => {
  expect(parseAbilities('').tbf.works).toBe(false)
})
