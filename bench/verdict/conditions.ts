import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { LabHandle } from '../../src-main/lab/handle.js'
import { machineClock, watchKey } from '../lab/watch-key.js'

/** A condition of exercise.yaml that can be made true and false again. */
export interface Condition {
  check: string
  /** Makes it true. When, on the machine's clock: no later than that, so that a delay is never told too short. */
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
  const config = await watchKey(handle.info, 'config')
  const paused = () => config.puts.filter(({ value }) => (JSON.parse(value) as { pause?: boolean }).pause === true)
  const beforeIt = async (act: () => Promise<unknown>): Promise<number> => {
    const at = machineClock()
    await act()
    return at
  }
  return {
    conditions: [
      {
        check: 'etcd',
        make: async () => {
          const before = paused().length
          await patronictl(handle, 'pause')
          for (let tries = 0; paused().length === before; tries++) {
            if (tries > 500) throw new Error('etcd told of no pause in 5 s')
            await pause(10)
          }
          return paused().at(-1)!.at
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
      await config.stop()
    },
  }
}

async function patronictl(handle: LabHandle, verb: 'pause' | 'resume'): Promise<void> {
  const { code, stdout, stderr } = await handle.exec('witness', ['patronictl', verb], { timeoutMs: 30_000 })
  if (code !== 0) throw new Error(`patronictl ${verb}: ${stderr || stdout}`)
}
