import { expect, test } from 'vitest'
import type { TerminalOutput } from '../../../../src-main/contract/terminal.js'
import type { DojoClient, Failure } from '../../../../src-renderer/app/connection.js'
import { openFeed } from '../../../../src-renderer/terminals/feed.js'

/** A feed over a connection that the test plays. */
function made() {
  const acks: number[] = []
  const asked: { id: string; from?: number | undefined }[] = []
  const client = {
    terminals: {
      watch: async (input: { id: string; from?: number }) => (asked.push(input), []),
      ack: async ({ upTo }: { upTo: number }) => void acks.push(upTo),
      write: async () => undefined,
    },
  } as unknown as DojoClient
  const seen: string[] = []
  const pending: (() => void)[] = []
  let open: ((via: DojoClient, signal: AbortSignal) => unknown) | null = null
  let listener: { onValue: (value: TerminalOutput, snapshot: boolean) => void; onEnd?: (f: Failure | null) => void }
  const feed = openFeed(
    client,
    't-1',
    {
      draw: (text, drawn) => {
        seen.push(text)
        pending.push(drawn)
      },
      skipped: (bytes) => seen.push(`[skipped ${bytes}]`),
      state: (state) => seen.push(`[${state}]`),
      caughtUp: () => seen.push('[caught up]'),
      ended: (failure) => seen.push(`[ended ${failure?.code ?? ''}]`),
    },
    ((opens: typeof open, given: typeof listener) => {
      open = opens
      listener = given
      return () => undefined
    }) as never,
  )
  return {
    feed,
    seen,
    acks,
    drawAll: () => pending.splice(0).forEach((drawn) => drawn()),
    tell: (message: TerminalOutput) => listener.onValue(message, false),
    end: (failure: Failure | null) => listener.onEnd?.(failure),
    /** (Re)subscribes, and says from which offset. */
    askedFrom: async () => (await open!(client, new AbortController().signal), asked.at(-1)!.from),
  }
}
const data = (from: number, text: string): TerminalOutput => ({ k: 'data', from, bytes: text.length, data: text })

test('nothing is acknowledged before it is drawn', () => {
  const { tell, drawAll, acks } = made()
  tell({ k: 'state', state: 'open', why: '', at: 0 })
  tell(data(0, 'hello'))
  expect(acks).toEqual([])
  drawAll()
  expect(acks).toEqual([5])
})

test('after an interruption it asks for the rest, from what has arrived', async () => {
  const { tell, askedFrom, seen } = made()
  expect(await askedFrom()).toBe(0)
  tell({ k: 'state', state: 'open', why: '', at: 0 })
  tell(data(0, 'hello'))
  expect(await askedFrom()).toBe(5)
  tell({ k: 'state', state: 'open', why: '', at: 11 })
  tell(data(5, ' again'))
  expect(seen).toEqual(['[open]', '[caught up]', 'hello', '[open]', ' again'])
})

test('history is drawn, not answered: replies wait until it is over', () => {
  const { feed, tell, drawAll, seen } = made()
  expect(feed.replaying()).toBe(true)
  tell({ k: 'state', state: 'open', why: '', at: 5 })
  tell(data(0, 'hello'))
  expect(feed.replaying()).toBe(true)
  drawAll()
  expect(feed.replaying()).toBe(false)
  tell(data(5, 'more'))
  tell({ k: 'state', state: 'open', why: '', at: 9 })
  expect(feed.replaying()).toBe(false)
  expect(seen).toEqual(['[open]', 'hello', '[caught up]', 'more', '[open]'])
})

test('a page that is reloaded takes what there is without a word; a gap in the middle is said', () => {
  const { tell, seen, drawAll, feed } = made()
  tell({ k: 'state', state: 'open', why: '', at: 2_000 })
  tell({ k: 'reset', from: 1_000, why: 'older output is gone' })
  tell(data(1_000, 'x'.repeat(1_000)))
  drawAll()
  expect(feed.replaying()).toBe(false)
  tell({ k: 'reset', from: 5_000, why: 'older output is gone' })
  expect(seen.at(-1)).toBe('[skipped 3000]')
})

test('an end says why', () => {
  const { end, seen } = made()
  end({ code: 'unknown-terminal', what: '', why: '', next: '' })
  end(null)
  expect(seen).toEqual(['[ended unknown-terminal]', '[ended ]'])
})
