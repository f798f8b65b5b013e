import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findProgram } from '../../src-main/docker/engine-advice.js'
import { ensureEngine, removeStale, startDaemon, type DaemonFiles } from '../../src-main/docker/engine-install.js'
import { surroundings, type Surroundings } from '../../src-main/docker/engine-places.js'
import { searchEngine } from '../../src-main/docker/engine.js'

// A second engine with folders and a network namespace of its own. The namespace is not optional: a dockerd without a
// bridge removes docker0 when it starts, and with it the default network of the engine that this machine uses.
const possible = process.getuid?.() === 0 && ['dockerd', 'unshare'].every((name) => findProgram(name, surroundings()))

describe.skipIf(!possible)('starting an engine', { timeout: 120_000 }, () => {
  let folder: string
  let files: DaemonFiles
  let here: Surroundings
  const answers = async () => (await searchEngine(here)).engine !== null

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dojo-dockerd-'))
    const at = (name: string) => join(folder, name)
    const socket = at('docker.sock')
    here = { ...surroundings(), env: { PATH: `${at('bin')}:${process.env.PATH}`, DOCKER_HOST: `unix://${socket}` } }
    mkdirSync(at('bin'))
    const real = findProgram('dockerd', surroundings())
    writeFileSync(at('bin/dockerd'), `#!/bin/sh\nexec unshare --net ${real} "$@"\n`, { mode: 0o755 })
    files = {
      pidFile: at('docker.pid'),
      containerdPidFile: at('run/containerd/containerd.pid'),
      logFile: at('log/dockerd.log'),
      args: `--data-root ${at('data')} --exec-root ${at('run')} --pidfile ${at('docker.pid')} -H unix://${socket}
        --bridge none --iptables=false --storage-driver vfs`.split(/\s+/),
    }
  })
  afterEach(async () => {
    const pid = pidOf()
    if (pid) {
      process.kill(pid, 'SIGTERM')
      while (alive(pid)) await pause(100)
    }
    spawnSync('umount', [join(folder, 'data')]) // a start that failed leaves it mounted on itself
    rmSync(folder, { recursive: true, force: true })
  })
  const pidOf = (): number | null => {
    try {
      return Number(readFileSync(files.pidFile, 'utf8'))
    } catch {
      return null
    }
  }
  const alive = (pid: number): boolean => {
    try {
      // a zombie of ours has ended
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    } catch {
      return false
    }
  }

  test('it has a session of its own and holds nobody up: no input, output to its log', async () => {
    await startDaemon(files, here, answers)
    const pid = pidOf()!
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    expect(Number(stat[3])).toBe(pid) // session id
    const streams = [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
    expect(streams).toEqual(['/dev/null', files.logFile, files.logFile])
    expect((await ensureEngine({ say: () => {}, here })).version).toMatch(/^\d+\./)
  })

  test('a pid file that a hard end left behind is no obstacle', async () => {
    mkdirSync(join(folder, 'run/containerd'), { recursive: true })
    // the number belongs to somebody else by now, which is what makes dockerd refuse to start
    writeFileSync(files.pidFile, String(process.pid))
    writeFileSync(files.containerdPidFile, String(process.pid))
    await startDaemon(files, here, answers)
    expect(pidOf()).not.toBe(process.pid)
  })

  test('the pid file of a running engine stays', async () => {
    await startDaemon(files, here, answers)
    expect(removeStale(files.pidFile, 'dockerd')).toBe(false)
    expect(pidOf()).not.toBeNull()
  })

  test('one that can not start says so with its last words and the place of its log', async () => {
    const wrong = { ...files, args: [...files.args, '--storage-driver', 'no-such-driver'] }
    const failure = startDaemon(wrong, here, answers)
    await expect(failure).rejects.toMatchObject({ code: 'engine-unreachable' })
    await expect(failure).rejects.toThrow(files.logFile)
  })
})
