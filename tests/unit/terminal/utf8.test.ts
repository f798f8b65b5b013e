import { expect, test } from 'vitest'
import { wholeCharacters } from '../../../src-main/terminal/utf8.js'

const sample = 'a\u00e9\u20ac\u{1f680}z' // 1, 2, 3, 4 and 1 bytes

test('a text cut at any byte gives whole characters only, and the rest follows', () => {
  const bytes = Buffer.from(sample)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const whole = wholeCharacters(bytes.subarray(0, cut))
    const first = bytes.subarray(0, whole).toString()
    expect(first).not.toContain('\ufffd')
    expect(first + bytes.subarray(whole).toString()).toBe(sample)
    expect(cut - whole).toBeLessThan(4)
  }
})

test('bytes that are no UTF-8 hold nothing back', () => {
  for (const bytes of [[0xff, 0xff], [0x80, 0x80, 0x80, 0x80], [0xc0], [0xf5], [0x41, 0x80]]) {
    expect([bytes, wholeCharacters(Uint8Array.from(bytes))]).toEqual([bytes, bytes.length])
  }
})

test('an incomplete character at the end waits', () => {
  expect(wholeCharacters(Uint8Array.from([0x41, 0xe2, 0x82]))).toBe(1)
  expect(wholeCharacters(Uint8Array.from([0xf0, 0x9f]))).toBe(0)
})
