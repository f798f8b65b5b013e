import { setTimeout as pause } from 'node:timers/promises'
import Docker from 'dockerode'
import { expect, test } from 'vitest'
import { watchHosts } from '../../src-main/docker/watch-hosts.js'
import { withDeadline } from '../../src-main/util/with-deadline.js'

/** A command that fails at once closes what it has just opened: `dojo fault LAB promote witness` ended without a word. */
test('the watch of hosts ends with its signal, however early that comes', async () => {
  const docker = new Docker()
  const hosts = ['pg1', 'pg2', 'witness', 'backup', 'proxy']
  const drain = async (signal: AbortSignal): Promise<void> => {
    for await (const { state } of watchHosts(docker, { homeId: 'none', lab: 'none' }, hosts, signal))
      expect(state.container).toBe('missing')
  }
  for (let afterMs = 0; afterMs < 20; afterMs++) {
    const stop = new AbortController()
    const done = drain(stop.signal)
    await pause(afterMs)
    stop.abort()
    await withDeadline(done, 10_000, `the watch that was ended after ${afterMs} ms`)
  }
}, 60_000)
