import { createBackups, type Backups } from '../backup/index.js'
import { createObserver } from '../cluster/observer.js'
import type { ClusterState } from '../contract/cluster.js'
import type { FaultRecord } from '../contract/fault.js'
import type { LabRecord } from '../contract/record.js'
import type { World } from '../exercises/world.js'
import { createFaults, type Faults } from '../faults/index.js'
import type { LabHandle } from '../lab/handle.js'
import { openRecorder, type Recorder } from '../recorder/recorder.js'
import { logFor } from '../util/log.js'
import { tellFaults } from './fault-events.js'
import { createSessionProbe, type SessionProbe } from './session-probe.js'
import { watchUnexplained } from './unexplained.js'
import { keepViolations } from './violations.js'
import { createWorld } from './world.js'

const log = logFor('session')

/** Everything that this process does with one lab: it watches, records, probes, injects and heals. */
export interface LabSession {
  readonly lab: string
  readonly handle: LabHandle
  readonly recorder: Pick<Recorder, 'all' | 'onAppend'>
  readonly faults: Pick<Faults, 'list' | 'inject' | 'heal' | 'pending'>
  readonly probe: SessionProbe
  readonly backups: Backups
  /** What an attempt or a proof sees of this lab. */
  readonly world: World
  /** The observer's newest state, with the probe's figures and the faults. */
  state(): ClusterState
  onState(listener: (state: ClusterState) => void): () => void
  /** Aborts when the session closes: the lab was removed, or the process ends. */
  readonly ended: AbortSignal
  /** Ends everything but the lab itself. */
  close(): Promise<void>
}

export interface SessionOptions {
  /**
   * Whether this process keeps the lab's flight record. Only the owner of the labs does: two would write every event
   * twice. Others only add what they did themselves, their faults.
   */
  records: boolean
}

/** Opens a session of a lab that runs. Resolves before anything has been observed. */
export async function openSession(handle: LabHandle, { records }: SessionOptions): Promise<LabSession> {
  const { info, dir } = handle
  const credentials = await handle.credentials()
  const recorder = await openRecorder(dir)
  const append = (record: LabRecord): void => recorder.append(record)
  const violations = keepViolations(recorder.all())
  const ending = new AbortController()
  const observer = createObserver({
    info,
    credentials,
    watchHosts: (signal) => handle.watchHosts(signal),
    ...(handle.engineTime ? { engineTime: () => handle.engineTime!() } : {}),
    backupInfo: async (host, signal) => {
      const asked = handle.exec(host, ['pgbackrest', 'info', '--output=json'], { signal, timeoutMs: 10_000 })
      return (await asked).stdout
    },
  })
  const faults = await createFaults({ lab: handle, observer })
  const tell = tellFaults(recorder.all())
  const listeners = new Set<(state: ClusterState) => void>()
  const unexplained = watchUnexplained({ hosts: info.hosts.length, faults: () => faults.list(), append })
  /** What a process that keeps no record saw itself: it lives for one command. */
  const seen: LabRecord[] = []
  const state = (): ClusterState => ({
    ...observer.state(),
    probe: sessionProbe.stats(),
    faults: faults.list(),
    violations: violations.list(),
  })
  const changed = (): void => {
    if (listeners.size === 0) return
    const now = state()
    for (const listener of listeners) listener(now)
  }

  const { stopAll, ...sessionProbe } = createSessionProbe({
    info,
    credentials,
    dir,
    changed,
    append,
    records: (since) => [...recorder.since(since), ...seen.filter(({ t }) => t >= since)],
    state: () => state(),
    signal: ending.signal,
  })
  const stops = [
    observer.onState(changed),
    observer.onRecord(records ? append : (record) => void seen.push(record)),
    ...(records ? [recorder.onAppend(unexplained.take), unexplained.stop] : []),
    recorder.onAppend(violations.take),
    faults.onChange((record: FaultRecord) => {
      for (const event of tell(record)) append(event)
      changed()
    }),
  ]
  // what became of faults while no app was there
  if (records) for (const record of faults.list()) for (const event of tell(record)) append(event)
  const onState = (listener: (state: ClusterState) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const world = createWorld({ handle, credentials, recorder, faults, probe: sessionProbe, state, onState, append })
  const backups = createBackups(handle, append)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    ending.abort()
    await backups.close()
    await stopAll().catch((err: unknown) => log.warn({ lab: info.lab, err }, 'the probe did not stop'))
    for (const stop of stops) stop()
    await faults.close()
    await observer.stop()
    await recorder.close()
    log.info({ lab: info.lab }, 'session closed')
  }
  log.info({ lab: info.lab, records }, 'session opened')
  return {
    lab: info.lab,
    handle,
    recorder,
    faults,
    probe: sessionProbe,
    backups,
    world,
    state,
    onState,
    ended: ending.signal,
    close: () => (closing ??= close()),
  }
}
