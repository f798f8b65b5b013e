import type { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DojoClient } from '../../src-main/api/local-client.js'
import type { BootProgress } from '../../src-main/contract/lab.js'
import type { LabRecord } from '../../src-main/contract/record.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { filterOf } from '../../src-main/docker/labels.js'
import { dojoHome, type DojoHome, type Served } from '../support/dojo-process.js'

const lab = 'api'

/** Reads a stream until a value does it, and ends the stream. */
async function until<T>(
  open: (options: { signal: AbortSignal }) => Promise<AsyncIterable<T>>,
  holds: (value: T) => boolean,
): Promise<T> {
  const stop = new AbortController()
  try {
    for await (const value of await open({ signal: stop.signal })) if (holds(value)) return value
    throw new Error('the stream ended before that')
  } finally {
    stop.abort()
  }
}

describe('the served app', () => {
  let home: DojoHome
  let served: Served
  let client: DojoClient
  let socket: WebSocket
  const connect = async (): Promise<void> => {
    ;({ client, socket } = await served.connect())
  }
  beforeAll(async () => {
    await ensureHostImage()
    home = await dojoHome()
    served = await home.serve()
    await connect()
  }, 240_000)
  afterAll(() => home?.[Symbol.asyncDispose]())

  const containers = async (): Promise<string[]> => {
    const docker = await connectDocker()
    return (await docker.listContainers({ all: true, filters: filterOf(home.id) })).map(({ Id }) => Id)
  }

  test('shows what there is before any lab: engine, image, exercises, and what is planned', async () => {
    const view = await until(
      (options) => client.home.watch(undefined, options),
      () => true,
    )
    expect(view.engine.state).toBe('ready')
    expect(view.image.state).toBe('current')
    expect(view.labs).toEqual([])
    const numbers = [...view.exercises, ...view.planned].map(({ number }) => number).sort((a, b) => a - b)
    const taughtIn22 = 23
    expect(numbers).toEqual(Array.from({ length: 30 }, (_, i) => i + 1).filter((number) => number !== taughtIn22))
    expect(view.exercises.map(({ slug }) => slug)).toContain('failover')
  })

  test('a boot that is cancelled leaves nothing', async () => {
    const { lab: cut } = await client.labs.up({ topology: 'pair-witness', name: 'cut' })
    await until(
      (options) => client.labs.boot({ lab: cut }, options),
      ({ hosts }) => hosts.some((it) => it.container === 'running'),
    )
    await client.labs.cancel({ lab: cut })
    expect(await containers()).toEqual([])
    expect(await client.labs.list()).toEqual([])
    await expect(client.labs.get({ lab: cut })).rejects.toMatchObject({ data: { code: 'unknown-lab' } })
  })

  test('a boot goes on when its window is closed, and is found again', async () => {
    await client.labs.up({ topology: 'pair-witness', name: lab })
    await until(
      (options) => client.labs.boot({ lab }, options),
      () => true,
    )
    socket.terminate()
    await connect()
    const last = await until<BootProgress>(
      (options) => client.labs.boot({ lab }, options),
      ({ state }) => state !== 'booting',
    )
    expect([last.state, last.error]).toEqual(['healthy', undefined])
    expect((await client.labs.get({ lab })).state).toBe('healthy')
    const home = await until(
      (options) => client.home.watch(undefined, options),
      ({ memory }) => memory.labsBytes > 0,
    )
    expect(home.labs).toMatchObject([{ lab, state: 'healthy' }])
  })

  test('the cluster is watched, and the record has its roles', async () => {
    const state = await until(
      (options) => client.cluster.watch({ lab }, options),
      ({ leader, dcs, etcd }) => {
        return leader !== null && dcs.value?.lease !== null && etcd.value?.quorum === true
      },
    )
    expect(state.leader).toBe('pg1')
    const roles = new Map<string, string>()
    await until<LabRecord[]>(
      (options) => client.records.watch({ lab }, options),
      (batch) => {
        for (const record of batch) if (record.k === 'role') roles.set(record.host, record.role)
        return roles.get('pg1') === 'leader' && roles.get('pg2') === 'sync'
      },
    )
  })

  test('a fault of the command line goes through this process, and is in the record that windows see', async () => {
    const stop = new AbortController()
    const seen: LabRecord[] = []
    const watching = (async () => {
      for await (const batch of await client.records.watch({ lab }, { signal: stop.signal })) seen.push(...batch)
    })().catch(() => undefined)
    const fault = await home.json<{ id: string }>('fault', lab, 'freeze', 'witness')
    expect(fault.exit).toBe(0)
    const marks = (): unknown[] => seen.filter((it) => it.k === 'event' && it.data['id'] === fault.id)
    await expect.poll(marks, { timeout: 10_000 }).toMatchObject([{ kind: 'fault.applied', host: 'witness' }])
    expect(await client.faults.list({ lab })).toMatchObject([{ id: fault.id, state: 'active' }])
    await home.run('heal', lab)
    await expect.poll(() => marks().length, { timeout: 10_000 }).toBe(2)
    stop.abort()
    await watching
  })

  test('a terminal outlives its window: what was printed meanwhile comes with the next', async () => {
    const { id } = await client.terminals.open({ lab, host: 'pg1', kind: 'shell', cols: 80, rows: 24 })
    let text = ''
    let at = 0
    await until(
      (options) => client.terminals.watch({ id, from: 0 }, options),
      (told) => {
        if (told.k === 'data') {
          text += told.data
          at = told.from + told.bytes
        }
        return text.includes('pg1:')
      },
    )
    await client.terminals.write({ id, data: 'sleep 1; echo back-$((40+2))\r' })
    socket.terminate()
    await connect()
    expect(await client.terminals.list({ lab })).toMatchObject([{ id, state: 'open' }])
    await until(
      (options) => client.terminals.watch({ id, from: at }, options),
      (told) => {
        if (told.k === 'data') text += told.data
        return text.includes('back-42')
      },
    )
    await client.terminals.close({ id })
    expect(await client.terminals.list({ lab })).toEqual([])
  })

  test('killed and started again it watches the lab on, and has kept the record', async () => {
    const kept = await until<LabRecord[]>(
      (options) => client.records.watch({ lab }, options),
      () => true,
    )
    expect(await served.end('SIGKILL')).toBeNull()
    served = await home.serve()
    await connect()
    expect(await client.labs.list()).toMatchObject([{ lab, state: 'healthy' }])
    const state = await until(
      (options) => client.cluster.watch({ lab }, options),
      ({ leader }) => leader !== null,
    )
    expect(state.leader).toBe('pg1')
    const again = await until<LabRecord[]>(
      (options) => client.records.watch({ lab }, options),
      () => true,
    )
    const events = (records: LabRecord[]): string[] =>
      records.flatMap((it) => (it.k === 'event' ? [`${it.t} ${it.text}`] : []))
    expect(events(again)).toEqual(expect.arrayContaining(events(kept)))
  })

  test('told to end, it ends in order: no shell stays on a host, and the lab goes on', async () => {
    const { id } = await client.terminals.open({ lab, host: 'pg2', kind: 'shell', cols: 80, rows: 24 })
    await until(
      (options) => client.terminals.watch({ id, from: 0 }, options),
      (told) => told.k === 'data',
    )
    const shells = async (): Promise<string> =>
      (await home.run('exec', lab, 'pg2', '--', 'sh', '-c', "ps -eo args | grep -c '^[b]ash -l' || true")).out.trim()
    expect(await shells()).toBe('1')
    expect(await served.end('SIGTERM')).toBe(0)
    expect(await shells()).toBe('0')
    expect((await home.run('psql', lab, '--', '-Atc', 'select 1')).out).toBe('1\n')
  })

  test('a lab goes whole, whoever asks', async () => {
    served = await home.serve()
    await connect()
    await until(
      (options) => client.cluster.watch({ lab }, options),
      () => true,
    )
    await client.labs.down({ lab })
    expect(await containers()).toEqual([])
    await expect(client.cluster.watch({ lab }).then((it) => it[Symbol.asyncIterator]().next())).rejects.toMatchObject({
      data: { code: 'unknown-lab' },
    })
    expect(await served.end('SIGINT')).toBe(0)
  })
})
