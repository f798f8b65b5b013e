import type { ClusterState, HostView } from '../../src-main/contract/cluster.js'
import type { UpOptions } from '../../src-main/contract/lab.js'
import type { EventKind, LabEvent, LabRecord } from '../../src-main/contract/record.js'
import { createObserver } from '../../src-main/cluster/observer.js'
import type { Observer } from '../../src-main/cluster/watcher.js'
import { createFaults, type Faults } from '../../src-main/faults/index.js'
import { createProbe, type Probe } from '../../src-main/probe/probe.js'
import { openRecorder, type Recorder } from '../../src-main/recorder/recorder.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { startLab, type TestLab } from './lab.js'

export interface WatchedLab extends TestLab {
  observer: Observer
  recorder: Recorder
  faults: Faults
  probe: Probe
  /** The newest event of a kind since a moment, waited for. */
  event(kind: EventKind, host: string | undefined, since: number, withinMs: number): Promise<LabEvent>
  /** Waits until the observer's state is as wanted. */
  until(what: string, holds: (state: ClusterState) => boolean, withinMs: number): Promise<ClusterState>
  /** Waits until every data host streams or leads, and one standby is synchronous. */
  whole(withinMs?: number): Promise<ClusterState>
}

export const hostOf = (state: ClusterState, name: string): HostView => state.hosts.find((host) => host.name === name)!
export const shown = (state: ClusterState): string =>
  `leader ${state.leader}; ${state.hosts.map(({ name, role, note }) => `${name} ${role} (${note})`).join('; ')}`

/** A healthy lab, watched and recorded as a session does it. */
export async function watchedLab(topology = 'pair-witness', options: Partial<UpOptions> = {}): Promise<WatchedLab> {
  const lab = await startLab(topology, options)
  try {
    return await watch(lab)
  } catch (error) {
    await lab[Symbol.asyncDispose]()
    throw error
  }
}

async function watch(lab: TestLab): Promise<WatchedLab> {
  const { info, handle } = lab
  const credentials = await handle.credentials()
  const recorder = await openRecorder(handle.dir)
  const observer = createObserver({
    info,
    credentials,
    watchHosts: (signal) => handle.watchHosts(signal),
    backupInfo: async (host, signal) => {
      const asked = handle.exec(host, ['pgbackrest', 'info', '--output=json'], { signal, timeoutMs: 10_000 })
      return (await asked).stdout
    },
  })
  const append = (record: LabRecord): void => recorder.append(record)
  observer.onRecord(append)
  const faults = await createFaults({ lab: handle, observer })
  const probe = createProbe({ info, credentials, dir: handle.dir })
  probe.onRecord(append)
  const { signal } = new AbortController()

  const watched: WatchedLab = {
    ...lab,
    observer,
    recorder,
    faults,
    probe,
    event: async (kind, host, since, withinMs) => {
      const isIt = (record: LabRecord): record is LabEvent =>
        record.k === 'event' &&
        record.kind === kind &&
        record.t >= since &&
        (host === undefined || record.host === host)
      const found = await waitFor(
        () => recorder.all().findLast(isIt),
        (event) => event !== undefined,
        {
          what: `the event ${kind}${host ? ` of ${host}` : ''}`,
          withinMs,
          everyMs: 50,
          signal,
          describe: () => shown(observer.state()),
        },
      )
      return found!
    },
    until: (what, holds, withinMs) =>
      waitFor(() => observer.state(), holds, { what, withinMs, everyMs: 50, signal, describe: shown }),
    whole: (withinMs = 60_000) =>
      watched.until(
        'a leader and a synchronous standby that streams',
        ({ leader, hosts }) =>
          leader !== null &&
          hosts.some(({ name, role }) => name === leader && role === 'leader') &&
          hosts.some(({ role, postgres }) => role === 'sync' && postgres?.value?.walReceiver?.status === 'streaming'),
        withinMs,
      ),
    async [Symbol.asyncDispose]() {
      await probe.stop()
      await faults.close()
      await observer.stop()
      await recorder.close()
      await lab[Symbol.asyncDispose]()
    },
  }
  return watched
}
