import { expect, test } from 'vitest'
import { createAcknowledger, createInput } from '../../../../src-renderer/terminals/flow.js'

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

/** A connection whose answers the test gives. */
function held<T>() {
  const sent: { value: T; answer: () => void; fail: () => void }[] = []
  const send = (value: T): Promise<unknown> =>
    new Promise<void>((resolve, reject) => sent.push({ value, answer: resolve, fail: () => reject(new Error('gone')) }))
  return { sent, send, values: () => sent.map(({ value }) => value) }
}

test('what is drawn is acknowledged at once when nothing is left to draw', async () => {
  const { send, values } = held<number>()
  const acks = createAcknowledger(send)
  acks.received(10)
  expect(values()).toEqual([])
  acks.drawn(10)
  expect(values()).toEqual([10])
})

test('in a flood acknowledgements go in steps, one at a time, and none is lost', async () => {
  const { send, sent, values } = held<number>()
  const acks = createAcknowledger(send)
  acks.received(300_000)
  for (let at = 10_000; at <= 290_000; at += 10_000) acks.drawn(at)
  expect(values()).toEqual([70_000])
  sent[0]!.answer()
  await settled()
  expect(values()).toEqual([70_000, 290_000])
  acks.drawn(300_000)
  sent[1]!.fail()
  await settled()
  expect(values()).toEqual([70_000, 290_000, 300_000])
})

test('keys are sent as they are pressed', () => {
  const { send, values } = held<string>()
  const input = createInput(send)
  for (const key of 'ls\r') input(key)
  expect(values()).toEqual(['l', 's', '\r'])
})

test('a paste of 5 MB goes in pieces, in order, a few at a time', async () => {
  const { send, sent, values } = held<string>()
  const input = createInput(send)
  const paste = Array.from({ length: 500_000 }, (_, at) => String(at % 10))
    .join('')
    .repeat(10)
  input(paste)
  expect(sent).toHaveLength(4)
  for (let at = 0; at < sent.length; at++) {
    sent[at]!.answer()
    await settled()
  }
  expect(values().join('') === paste).toBe(true)
  expect(Math.max(...values().map((part) => part.length))).toBeLessThanOrEqual(65_536)
})

test('no piece ends within a character', async () => {
  const { send, sent, values } = held<string>()
  const input = createInput(send)
  input(`x${'\u{1f680}'.repeat(100_000)}`)
  for (let at = 0; at < sent.length; at++) {
    sent[at]!.answer()
    await settled()
  }
  expect(values().every((part) => !/[\ud800-\udbff]$/.test(part))).toBe(true)
})

test('what a broken connection did not take is dropped, and typing goes on afterwards', async () => {
  const { send, sent, values } = held<string>()
  const input = createInput(send)
  input('x'.repeat(1_000_000))
  sent[0]!.fail()
  await settled()
  const before = sent.length
  for (const each of sent.slice(1)) each.fail()
  await settled()
  expect(sent).toHaveLength(before)
  input('ls\r')
  expect(values().at(-1)).toBe('ls\r')
})

test('an interrupt overtakes a paste that is not taken, and ends it', () => {
  const { send, values } = held<string>()
  const input = createInput(send)
  input('x'.repeat(1_000_000))
  const before = values().length
  input('\x03')
  expect(values().slice(before)).toEqual(['\x03'])
  input('ls')
  expect(values()).toHaveLength(before + 1) // waits for what is on its way, then goes
})
