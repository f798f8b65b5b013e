import { expect, test } from 'vitest'
import { createRing } from '../../../src-main/terminal/ring.js'

const all = (ring: ReturnType<typeof createRing>, from = ring.start): string => ring.text(from, 1e9).text

test('what was written is read back from any offset that is still there', () => {
  const ring = createRing(16)
  ring.append(Buffer.from('hello '))
  ring.append(Buffer.from('world'))
  expect([ring.start, ring.end]).toEqual([0, 11])
  expect(all(ring)).toBe('hello world')
  expect(ring.text(6, 3)).toEqual({ text: 'wor', bytes: 3 })
  expect(ring.text(11, 10)).toEqual({ text: '', bytes: 0 })
})

test('the oldest bytes go first, and offsets stay those of the whole output', () => {
  const ring = createRing(8)
  let written = ''
  for (let at = 0; at < 100; at++) {
    const piece = `${at},`
    written += piece
    ring.append(Buffer.from(piece))
    expect(ring.end).toBe(written.length)
    expect(ring.start).toBe(Math.max(0, written.length - 8))
    expect(all(ring)).toBe(written.slice(ring.start))
  }
})

test('a piece larger than the ring leaves its end', () => {
  const ring = createRing(8)
  ring.append(Buffer.from('ab'))
  ring.append(Buffer.from('0123456789abcdefghij'))
  expect([ring.start, ring.end]).toEqual([14, 22])
  expect(all(ring)).toBe('cdefghij')
})

test('a piece of exactly the capacity fits', () => {
  const ring = createRing(4)
  ring.append(Buffer.from('abcd'))
  expect(all(ring)).toBe('abcd')
  ring.append(Buffer.from('efgh'))
  expect(all(ring)).toBe('efgh')
})

test('a character that spans the ring’s seam, or the end of a read, is not torn', () => {
  const ring = createRing(8)
  ring.append(Buffer.from('abcdef'))
  ring.append(Buffer.from('\u20ac')) // three bytes, over the seam
  expect(all(ring, 6)).toBe('\u20ac')
  expect(ring.text(6, 2)).toEqual({ text: '', bytes: 0 })
})

test('a reader that lost its place begins at a line, or at a character', () => {
  const lines = createRing(16)
  lines.append(Buffer.from('first line\nsecond\nthird\n'))
  expect(all(lines, lines.resumeAt())).toBe('second\nthird\n')
  const characters = createRing(8)
  characters.append(Buffer.from('\u20ac\u20ac\u20ac\u20ac'))
  expect(all(characters, characters.resumeAt())).toBe('\u20ac\u20ac')
  expect(createRing(8).resumeAt()).toBe(0)
})
