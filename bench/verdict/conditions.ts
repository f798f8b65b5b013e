import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { etcdClient } from '../../src-main/cluster/etcd-client.js'
import type { LabHandle } from '../../src-main/lab/handle.js'

/** A condition of exercise.yaml that can be made true and false again. */
export interface Condition {
  check: string
  /** Makes it true. When, in epoch ms: no later than that, so that a delay is never told too short. */
  make(): Promise<number>
  undo(): Promise<void>
}

export async function conditionsOf(
  handle: LabHandle,
): Promise<{ conditions: Condition[]; close: () => Promise<void> }> {
  const { app } = await handle.credentials()
  const { host, port } = handle.info.client.readWrite
  const sql = new pg.Client({ host, port, user: app.username, password: app.password, database: app.database })
  await sql.connect()
  await sql.query('create table bench_verdict (n int)')
  await sql.query('insert into bench_verdict values (0)')
  const pauses = await watchPauses(handle)
  const beforeIt = async (act: () => Promise<unknown>): Promise<number> => {
    const at = Date.now()
    await act()
    return at
  }
  return {
    conditions: [
      {
        check: 'etcd',
        make: async () => {
          const before = pauses.seen.length
          await patronictl(handle, 'pause')
          for (let tries = 0; pauses.seen.length === before; tries++) {
            if (tries > 500) throw new Error('etcd told of no pause in 5 s')
            await pause(10)
          }
          return pauses.seen.at(-1)!
        },
        undo: () => patronictl(handle, 'resume'),
      },
      {
        check: 'engine',
        make: () => beforeIt(() => handle.power.pause('backup')),
        undo: () => handle.power.unpause('backup'),
      },
      {
        check: 'sql',
        make: () => beforeIt(() => sql.query('update bench_verdict set n = 1')),
        undo: async () => void (await sql.query('update bench_verdict set n = 0')),
      },
    ],
    async close() {
      await sql.end()
      pauses.stop()
    },
  }
}

async function patronictl(handle: LabHandle, verb: 'pause' | 'resume'): Promise<void> {
  const { code, stdout, stderr } = await handle.exec('witness', ['patronictl', verb], { timeoutMs: 30_000 })
  if (code !== 0) throw new Error(`patronictl ${verb}: ${stderr || stdout}`)
}

/** When etcd told of `pause` in Patroni's configuration, by a watch of our own. */
async function watchPauses({ info }: LabHandle): Promise<{ seen: number[]; stop: () => void }> {
  const endpoint = info.hosts.find(({ endpoints }) => endpoints.etcd)!.endpoints.etcd!
  const client = etcdClient(endpoint)
  const seen: number[] = []
  const watcher = await client.raw.watch().key(`/service/${info.scope}/config`).create()
  watcher.on('put', ({ value }) => {
    if ((JSON.parse(value.toString()) as { pause?: boolean }).pause === true) seen.push(Date.now())
  })
  return { seen, stop: () => client.close() }
}
