import { ORPCError } from '@orpc/client'
import type { ExportRequest } from '../../../src-main/contract/export.js'
import type { Connection, DojoClient } from '../../../src-renderer/app/connection.js'
import { backupsAt, recoveryAt } from './backups.js'
import { exportAt } from './pages.js'
import type { Scene } from './scenes.js'

/** A stream that says one thing and then stays open, as a live one would. */
async function* once<T>(value: T | null, signal?: AbortSignal): AsyncGenerator<T> {
  if (value !== null) yield value
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
}

const refused = (): never => {
  throw new ORPCError('DOJO', {
    data: { code: 'not-yet', what: 'The gallery has no cluster', why: 'its data is made up', next: 'Start a real lab' },
  })
}

/** A connection that is always live and answers from a scene. Calls that would change something are refused. */
export function galleryConnection(scene: Scene): Connection {
  const watch =
    <T>(value: T | null) =>
    (_input: unknown, options?: { signal?: AbortSignal }) =>
      Promise.resolve(once(value, options?.signal))
  const change = () => Promise.resolve().then(refused)
  const client = {
    home: { watch: watch(scene.home) },
    doctor: { run: change },
    image: { status: change, build: watch(scene.image ?? null) },
    topologies: { list: () => Promise.resolve(scene.topologies) },
    labs: {
      list: () => Promise.resolve(scene.home.labs),
      get: () => (scene.info ? Promise.resolve(scene.info) : change()),
      up: change,
      boot: watch(scene.boot ?? null),
      cancel: change,
      down: change,
      export: (request: ExportRequest) => (request.secrets ? change() : Promise.resolve(exportAt(request))),
    },
    health: { get: () => (scene.health ? Promise.resolve(scene.health) : change()) },
    config: { get: () => (scene.config ? Promise.resolve(scene.config) : change()), set: change },
    cluster: { watch: watch(scene.cluster ?? null) },
    metrics: { watch: watch(scene.metrics ?? null) },
    records: { watch: watch(scene.records ?? []) },
    faults: { kinds: () => Promise.resolve(scene.kinds), list: change, inject: change, heal: change },
    probe: { start: change, stop: change, verify: change },
    backups: { list: () => Promise.resolve(backupsAt()), make: change, verify: change, expire: change },
    pitr: {
      plan: () => Promise.resolve({ ...recoveryAt(), state: 'planned' }),
      start: change,
      resume: change,
      remove: change,
      watch: watch(scene.pitr ?? null),
    },
    terminals: {
      list: () => Promise.resolve([]),
      open: change,
      watch: watch(null),
      ack: change,
      write: change,
      resize: change,
      close: change,
    },
    exercises: { list: change, start: change },
    attempts: {
      watch: watch(scene.attempt ?? null),
      check: change,
      answer: change,
      hint: change,
      solve: change,
      next: change,
      look: change,
      reset: change,
      abandon: change,
    },
  }
  return {
    client: client as unknown as DojoClient,
    state: () => 'live',
    onState: () => () => undefined,
    live: () => Promise.resolve(),
    close: () => undefined,
  }
}
