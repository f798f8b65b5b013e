import { afterEach, expect, test } from 'vitest'
import { createTerminals, type Terminals } from '../../../src-main/terminal/index.js'
import { waitFor } from '../../../src-main/util/wait-for.js'
import { collect, fakeHost } from './fakes.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})
const until = (what: string, holds: () => boolean, withinMs = 4_000) =>
  waitFor(holds, (value) => value, { what, withinMs, everyMs: 5, signal: AbortSignal.timeout(9_000), describe: String })

async function opened() {
  const host = fakeHost()
  const terminals = createTerminals(async () => host.handle)
  cleanups.push(() => terminals.closeAll())
  const view = await terminals.open({ lab: 'pw-1', host: 'pg1', cols: 80, rows: 24 })
  const stop = new AbortController()
  cleanups.push(() => stop.abort())
  const seen = collect(terminals.watch(view.id, 0, stop.signal, 'w'), (end) => terminals.ack(view.id, end, 'w'))
  await until('open', () => seen.state() === 'open')
  return { host, terminals, view, seen, id: view.id }
}
const stateOf = (terminals: Terminals): string | undefined => terminals.list('pw-1')[0]?.state

test('a shell runs as postgres with a UTF-8 locale and colours, in the size that was asked for', async () => {
  const { host } = await opened()
  const [name, argv, options] = host.asked[0]!
  expect(name).toBe('pg1')
  expect(argv.join(' ')).toContain('bash -l')
  expect(options).toMatchObject({ user: 'postgres', cols: 80, rows: 24 })
  expect(options.env).toMatchObject({ LANG: 'C.UTF-8', TERM: 'xterm-256color' })
})

test('psql by the client’s route has its password in the environment, not in its arguments', async () => {
  const { host, terminals } = await opened()
  const view = await terminals.open({ lab: 'pw-1', host: null, kind: 'psql', cols: 80, rows: 24 })
  await until('the second tty', () => host.asked.length === 2)
  const [name, argv, options] = host.asked[1]!
  expect([view.title, name, ...argv]).toEqual(['psql', 'proxy', 'psql'])
  expect(options.env).toMatchObject({ PGHOST: 'proxy', PGPORT: '5000', PGUSER: 'app', PGPASSWORD: 'secret-1' })
})

test('titles name the host, and number what would be named alike', async () => {
  const { terminals } = await opened()
  const size = { cols: 80, rows: 24 }
  await terminals.open({ lab: 'pw-1', host: 'pg1', ...size })
  await terminals.open({ lab: 'pw-1', host: 'pg1', kind: 'root', ...size })
  await terminals.open({ lab: 'pw-1', host: 'pg1', kind: 'psql', ...size })
  expect(terminals.list('pw-1').map(({ title }) => title)).toEqual(['pg1', 'pg1 2', 'pg1 root', 'psql pg1'])
})

test('an unknown host, a shell without one, and an unknown terminal are refused with a code', async () => {
  const { terminals } = await opened()
  const size = { cols: 80, rows: 24 }
  await expect(terminals.open({ lab: 'pw-1', host: 'pg9', ...size })).rejects.toMatchObject({ code: 'unknown-host' })
  await expect(terminals.open({ lab: 'pw-1', host: null, ...size })).rejects.toMatchObject({ code: 'usage' })
  expect(() => terminals.write('t-0', 'x')).toThrowError(expect.objectContaining({ code: 'unknown-terminal' }))
  expect(() => terminals.watch('t-0', 0, AbortSignal.timeout(1))).toThrowError(
    expect.objectContaining({ code: 'unknown-terminal' }),
  )
})

test('what is typed reaches the shell, and its output everyone who watches', async () => {
  const { host, terminals, seen, id } = await opened()
  terminals.write(id, 'id\r')
  expect(host.ttys[0]!.written).toEqual(['id\r'])
  host.ttys[0]!.output.write('uid=800(postgres)\r\n')
  const second = collect(terminals.watch(id, 0, AbortSignal.timeout(100), 'second'))
  await until('output', () => seen.text().includes('uid=800'))
  await second.done
  expect(second.text()).toContain('uid=800')
})

test('a crash keeps the tab and its scrollback, says why, and reconnects when the host is back', async () => {
  const { host, terminals, seen, id } = await opened()
  host.ttys[0]!.output.write('before the crash\r\n')
  host.crash()
  await until('host-down', () => stateOf(terminals) === 'host-down')
  await until('the note', () => seen.text().includes('pg1 crashed: this terminal reconnects'))
  expect(seen.seen.findLast((message) => message.k === 'state')).toMatchObject({ why: 'pg1 crashed' })
  terminals.write(id, 'lost\r')
  host.run()
  await until('open again', () => stateOf(terminals) === 'open')
  terminals.write(id, 'uptime\r')
  expect(host.ttys).toHaveLength(2)
  expect(host.ttys[1]!.written).toEqual(['uptime\r'])
  await until('the second note', () => seen.text().includes('pg1 is back'))
  expect(seen.text().indexOf('before the crash')).toBeLessThan(seen.text().indexOf('pg1 crashed'))
  expect(seen.states()).toEqual(expect.arrayContaining(['open', 'host-down', 'connecting', 'open']))
})

test('the end of a stream that comes before the news of the crash is the host’s end, not the shell’s', async () => {
  const { host, terminals, seen } = await opened()
  host.crashSilently()
  await until('host-down', () => stateOf(terminals) === 'host-down')
  expect(seen.states()).not.toContain('closed')
})

test('a frozen host keeps its shell, and its prompt is not torn by a note', async () => {
  const { host, terminals, seen, id } = await opened()
  host.freeze()
  await until('host-frozen', () => stateOf(terminals) === 'host-frozen')
  terminals.write(id, 'ls\r')
  host.run()
  await until('open', () => stateOf(terminals) === 'open')
  expect(host.ttys).toHaveLength(1)
  expect(host.ttys[0]!.written).toEqual(['ls\r'])
  expect(seen.text()).toBe('')
  expect(seen.seen.find((message) => message.k === 'state' && message.state === 'host-frozen')).toMatchObject({
    why: expect.stringContaining('pg1 is frozen'),
  })
})

test('a host that is killed while it is frozen is down, and comes back with a new shell', async () => {
  const { host, terminals } = await opened()
  host.freeze()
  await until('host-frozen', () => stateOf(terminals) === 'host-frozen')
  host.crash()
  await until('host-down', () => stateOf(terminals) === 'host-down')
  host.run()
  await until('open', () => stateOf(terminals) === 'open')
  expect(host.ttys).toHaveLength(2)
})

test('a terminal that is opened while its host is down waits for it', async () => {
  const host = fakeHost()
  host.crash()
  const terminals = createTerminals(async () => host.handle)
  cleanups.push(() => terminals.closeAll())
  await terminals.open({ lab: 'pw-1', host: 'pg1', cols: 80, rows: 24 })
  await until('host-down', () => stateOf(terminals) === 'host-down')
  expect(host.ttys).toHaveLength(0)
  host.run()
  await until('open', () => stateOf(terminals) === 'open')
  expect(host.ttys).toHaveLength(1)
})

test('a shell that ends by itself leaves a closed terminal, which Enter opens again', async () => {
  const { host, terminals, seen, id } = await opened()
  host.ttys[0]!.output.end('logout\r\n')
  await until('closed', () => stateOf(terminals) === 'closed')
  await until('the note', () => seen.text().includes('Enter starts another'))
  terminals.write(id, 'x')
  expect(stateOf(terminals)).toBe('closed')
  terminals.write(id, '\r')
  await until('open', () => stateOf(terminals) === 'open')
  expect(host.ttys).toHaveLength(2)
})

test('an unacknowledged flood stops the source at the window; acknowledging lets it go on, whole', async () => {
  const host = fakeHost()
  const terminals = createTerminals(async () => host.handle)
  cleanups.push(() => terminals.closeAll())
  const { id } = await terminals.open({ lab: 'pw-1', host: 'pg1', cols: 80, rows: 24 })
  let acknowledge = false
  let end = 0
  const seen = collect(terminals.watch(id, 0, AbortSignal.timeout(8_000), 'w'), (to) => {
    end = to
    if (acknowledge) terminals.ack(id, to, 'w')
  })
  await until('open', () => seen.state() === 'open')
  const { output } = host.ttys[0]!
  const piece = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  const flood = (async () => {
    for (; sent < 64; sent++) if (!output.write(piece)) await new Promise((resolve) => output.once('drain', resolve))
  })()
  await until('the source to stop', () => output.isPaused())
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(end).toBeLessThanOrEqual(1024 * 1024 + piece.length)
  expect(sent).toBeLessThan(24)
  acknowledge = true
  terminals.ack(id, end, 'w')
  await flood
  await until('all of it', () => seen.text().length === 64 * piece.length)
})

test('with nobody watching a flood drains, and what stays is bounded', async () => {
  const host = fakeHost()
  const terminals = createTerminals(async () => host.handle)
  cleanups.push(() => terminals.closeAll())
  const { id } = await terminals.open({ lab: 'pw-1', host: 'pg1', cols: 80, rows: 24 })
  await until('open', () => stateOf(terminals) === 'open')
  const { output } = host.ttys[0]!
  const piece = Buffer.alloc(64 * 1024, 'line\n')
  for (let sent = 0; sent < 64; sent++) if (!output.write(piece)) await new Promise((r) => output.once('drain', r))
  const seen = collect(terminals.watch(id, 0, AbortSignal.timeout(300), 'w'), (end) => terminals.ack(id, end, 'w'))
  await seen.done
  expect(seen.seen[1]).toMatchObject({ k: 'reset' })
  expect(seen.text().length).toBeLessThanOrEqual(2048 * 1024)
  expect(seen.text().length).toBeGreaterThan(2000 * 1024)
})

test('closing sends HUP once, ends every watch, and forgets the terminal', async () => {
  const { host, terminals, seen, id } = await opened()
  await terminals.close(id)
  await seen.done
  expect(host.ttys[0]!.hangUps).toBe(1)
  expect(terminals.list('pw-1')).toEqual([])
  await terminals.close(id)
  expect(host.ttys[0]!.hangUps).toBe(1)
})

test('a terminal closed while its host is frozen gets its HUP when the host runs again', async () => {
  const { host, terminals, id } = await opened()
  host.freeze()
  await until('host-frozen', () => stateOf(terminals) === 'host-frozen')
  await terminals.close(id)
  expect(host.ttys[0]!.hangUps).toBe(0)
  host.run()
  await until('the HUP', () => host.ttys[0]!.hangUps === 1)
})

test('a new size is told to the shell, and kept for the next one', async () => {
  const { host, terminals, id } = await opened()
  await terminals.resize(id, 120, 40)
  expect(host.ttys[0]!.sizes).toEqual(['120x40'])
  host.crash()
  await until('host-down', () => stateOf(terminals) === 'host-down')
  host.run()
  await until('open', () => stateOf(terminals) === 'open')
  expect(host.asked[1]![2]).toMatchObject({ cols: 120, rows: 40 })
})

test('a write is taken when the shell’s side has room', async () => {
  const { host, terminals, id } = await opened()
  const tty = host.ttys[0]!
  tty.blocked = true
  terminals.write(id, 'a large paste')
  let taken = false
  void terminals.drained(id).then(() => (taken = true))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(taken).toBe(false)
  tty.release!()
  await until('room', () => taken)
})

test('a host that crashes and returns while a shell opens is left with one shell', async () => {
  const host = fakeHost()
  const terminals = createTerminals(async () => host.handle)
  cleanups.push(() => terminals.closeAll())
  const release = host.hold()
  await terminals.open({ lab: 'pw-1', host: 'pg1', cols: 80, rows: 24 })
  await until('the first opening', () => host.ttys.length === 1)
  host.crash()
  await until('host-down', () => stateOf(terminals) === 'host-down')
  host.run()
  await until('the second opening', () => host.ttys.length === 2)
  release()
  await until('open', () => stateOf(terminals) === 'open')
  await until('the first to be hung up', () => host.ttys[0]!.hangUps === 1)
  expect(host.ttys[1]!.hangUps).toBe(0)
})
