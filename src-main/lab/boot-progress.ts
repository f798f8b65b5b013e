import type { BootPhase, BootProgress, LabState } from '../contract/lab.js'
import { bootPhases } from '../contract/lab.js'
import type { Said } from '../contract/errors.js'
import type { Topology } from '../contract/topology.js'
import { keepsBackups } from '../contract/repository.js'
import type { BootTimes } from './store.js'

const words: Record<BootPhase, { title: string; about: string }> = {
  containers: {
    title: 'Hosts',
    about: 'One container stands for each machine, with a static address and its services.',
  },
  etcd: {
    title: 'etcd quorum',
    about: 'The members find each other and elect a leader. Patroni keeps its leader key here.',
  },
  leader: {
    title: 'First leader',
    about: 'Patroni takes the initialize key, runs initdb, starts PostgreSQL and takes the leader key.',
  },
  standby: {
    title: 'Synchronous standby',
    about: 'The other data host copies the leader, streams its WAL and becomes synchronous.',
  },
  proxy: {
    title: 'Client route',
    about: 'HAProxy asks Patroni who may be written to. SQL goes through it from here on.',
  },
  write: { title: 'First write', about: 'A transaction commits on the client route. Only this makes the lab healthy.' },
  backup: {
    title: 'First backup',
    about: 'pgBackRest makes its stanza, checks archiving and takes a full backup, in the background.',
  },
}

const keptLines = 300
/** Screens are sent the whole progress; faster than this nobody sees. */
const sendEveryMs = 40

type Service = BootProgress['hosts'][number]['services'][number]

/** The boot screen's value, and what changes it. */
export function bootProgressOf(lab: string, topology: Topology, earlier: BootTimes) {
  const startedAt = Date.now()
  const began = performance.now()
  const elapsed = (): number => Math.round(performance.now() - began)
  const last = earlier.at(-1)
  const totals = earlier.map(({ totalMs }) => totalMs).sort((a, b) => a - b)
  const usualMs = totals[Math.floor(totals.length / 2)]
  const listeners = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined
  let endedMs: number | undefined

  const value: BootProgress = {
    lab,
    topology: topology.topology,
    startedAt,
    elapsedMs: 0,
    ...(usualMs === undefined ? {} : { usualMs }),
    state: 'booting',
    phases: bootPhases
      .filter((phase) => phaseApplies(phase, topology))
      .map((phase) => ({
        phase,
        ...words[phase],
        state: 'waiting',
        ...(last?.phases[phase] ? { lastBootMs: last.phases[phase] } : {}),
      })),
    hosts: Object.entries(topology.hosts).map(([name, { services }]) => ({
      name,
      container: 'absent',
      services: services.map((service) => ({ service, state: 'absent', detail: '' })),
    })),
    log: [],
  }

  const changed = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      for (const listener of listeners) listener()
    }, sendEveryMs)
  }
  const find = (phase: BootPhase) => value.phases.find((view) => view.phase === phase)
  const host = (name: string) => value.hosts.find((view) => view.name === name)

  return {
    elapsed,
    snapshot: (): BootProgress => structuredClone({ ...value, elapsedMs: endedMs ?? elapsed() }),
    /** Calls back, soon after, whenever something changed. Returns how to end that. */
    onChange(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    begin(phase: BootPhase): void {
      const view = find(phase)
      if (!view || view.state !== 'waiting') return
      Object.assign(view, { state: 'running', startedMs: elapsed() })
      changed()
    },
    end(phase: BootPhase, state: 'done' | 'failed' = 'done'): void {
      const view = find(phase)
      if (!view || view.state === 'done' || view.state === 'failed') return
      Object.assign(view, { state, startedMs: view.startedMs ?? elapsed(), endedMs: elapsed() })
      changed()
    },
    detail(phase: BootPhase, detail: string): void {
      const view = find(phase)
      if (!view || view.detail === detail) return
      view.detail = detail
      changed()
    },
    container(name: string, container: 'created' | 'running' | 'exited'): void {
      const view = host(name)
      if (!view) return
      view.container = container
      if (container === 'running')
        for (const service of view.services) if (service.state === 'absent') service.state = 'starting'
      changed()
    },
    service(name: string, service: string, state: Service['state'], detail = ''): void {
      const view = host(name)?.services.find((entry) => entry.service === service)
      if (!view || (view.state === state && view.detail === detail)) return
      Object.assign(view, { state, detail })
      changed()
    },
    line(hostName: string, service: string, line: string): void {
      value.log.push({ atMs: elapsed(), host: hostName, service, line })
      if (value.log.length > keptLines) value.log.splice(0, value.log.length - keptLines)
      changed()
    },
    settle(state: LabState, error?: Said & { code: string }): void {
      value.state = state
      if (state !== 'booting') endedMs ??= elapsed()
      if (error) value.error = error
      changed()
    },
    /** Start and end of every phase that is over, in ms since the boot began. */
    times: (): Partial<Record<BootPhase, [number, number]>> =>
      Object.fromEntries(
        value.phases
          .filter(({ endedMs: end }) => end !== undefined)
          .map((p) => [p.phase, [p.startedMs ?? 0, p.endedMs ?? 0]]),
      ),
    current: (): BootPhase | undefined =>
      value.phases.find(({ state }) => state === 'running' || state === 'waiting')?.phase,
  }
}
export type Progress = ReturnType<typeof bootProgressOf>

function phaseApplies(phase: BootPhase, topology: Topology): boolean {
  const services = new Set(Object.values(topology.hosts).flatMap((host) => host.services))
  if (phase === 'backup') return Object.values(topology.hosts).some(keepsBackups)
  if (phase === 'proxy') return services.has('haproxy') || services.has('pgbouncer')
  if (phase === 'standby') return topology.healthy.standbys.streaming > 0
  return true
}
