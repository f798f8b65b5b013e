import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('../../../src-renderer/styles/tokens.css', import.meta.url), 'utf8')

/** The custom properties of one block of tokens.css, as hex colours. */
function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(selector)).split('}')[0]!
  return Object.fromEntries(
    [...block.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b/g)].map(([, name, hex]) => [name!, hex!]),
  )
}

const schemes = { dark: tokens(':root {'), light: tokens("[data-scheme='light'] {") }

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

const texts = ['ink', 'ink2', 'ink3', 'leader', 'sync', 'repl', 'etcd', 'fault', 'pass', 'wait', 'unk']
const grounds = ['panel', 'raise', 'inset']
const bands = ['leader', 'sync', 'repl', 'etcd']

for (const [scheme, colour] of Object.entries(schemes)) {
  test(`${scheme}: text on every surface has a contrast of 4.5 or more`, () => {
    const low = texts.flatMap((text) =>
      grounds
        .map((ground) => ({ text, ground, ratio: contrast(colour[text]!, colour[ground]!) }))
        .filter(({ ratio }) => ratio < 4.5),
    )
    expect(low).toEqual([])
  })

  test(`${scheme}: labels on bands, marks and the primary button have 4.5 or more`, () => {
    const pairs = [
      ...bands.map((band) => [`${band}-t`, `${band}-f`] as const),
      ['fault-t', 'diff'] as const,
      ['go-ink', 'go'] as const,
      ['fault', 'fault-f'] as const,
      ['ink', 'hover'] as const,
    ]
    for (const [text, ground] of pairs) {
      expect(contrast(colour[text]!, colour[ground]!), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    }
  })

  test(`${scheme}: strokes that carry meaning have 3 or more against the panel`, () => {
    for (const stroke of ['leader-s', 'sync', 'repl', 'etcd', 'fault', 'pass']) {
      expect(contrast(colour[stroke]!, colour['panel']!), stroke).toBeGreaterThanOrEqual(3)
    }
  })
}

test('both schemes define the same names', () => {
  const dark = Object.keys(schemes.dark)
  expect(Object.keys(schemes.light).filter((name) => !dark.includes(name))).toEqual([])
  expect(dark.filter((name) => !(name in schemes.light))).toEqual([])
})
