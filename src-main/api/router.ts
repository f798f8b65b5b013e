import { mapEventIterator } from '@orpc/client'
import { implement } from '@orpc/server'
import type { PitrView } from '../contract/backup.js'
import { changeConfig } from '../cluster/config/change.js'
import { readConfigView } from '../cluster/config/read.js'
import { DojoError, labGone } from '../contract/errors.js'
import type { ExportRequest } from '../contract/export.js'
import { contract } from '../contract/rpc.js'
import { imageStatus } from '../docker/image-status.js'
import { runDoctor } from '../doctor/doctor.js'
import { loadExercises } from '../exercises/index.js'
import { faultKinds } from '../faults/index.js'
import { takeHome } from '../lab/export/take-home.js'
import { beginLab, bootOf, cancelBoot, downLab, openLab, watchBoot } from '../lab/labs.js'
import { loadTopology, topologyNames } from '../lab/topology-file.js'
import type { Parts } from './app.js'
import { configReach } from './config-reach.js'
import { wireError } from './errors.js'
import { readHealth } from './health.js'
import { summariseLabs } from './lab-list.js'
import { watchMetrics } from './metrics.js'
import { following, latest } from './pace.js'

export interface ClientContext {
  /** Names one connection: several windows that watch one terminal acknowledge each for itself. */
  client: string
  /** The client is on another machine than the app: it may use the labs, and not the app's own disk. */
  elsewhere: boolean
}

/** Errors become the contract's, whether a call or a running stream throws them. */
const translating = implement(contract)
  .$context<ClientContext>()
  .use(async ({ next }) => {
    try {
      const result = await next()
      const output = result.output as unknown
      if (typeof output !== 'object' || output === null || !(Symbol.asyncIterator in output)) return result
      const told = mapEventIterator(output as unknown as AsyncIterator<unknown>, {
        value: async (value) => value,
        error: async (error) => wireError(error),
      })
      return { ...result, output: told as never }
    } catch (error) {
      throw wireError(error)
    }
  })

const ok = { ok: true } as const
const forever = new AbortController().signal

const fromElsewhere = ({ lab, as }: ExportRequest): DojoError =>
  new DojoError('folder-unfit', {
    what: `Lab "${lab}" can't be exported from this window`,
    why: 'the app runs on another machine, and whoever comes from elsewhere writes no folder there',
    next: `Run \`dojo export ${lab} DIR --as ${as}\` on that machine`,
  })

/** contract/rpc.ts over the layers below. */
export function createRouter(parts: Parts) {
  const { home, sessions, attempts, terminals, homeScreen, image, boots, records } = parts
  const os = translating
  const session = sessions.get

  /** A boot whose lab is watched and recorded from the moment it is healthy, whoever looks. */
  const booting = (lab: string, done: Promise<unknown>): void => {
    boots.add(lab)
    done
      .then(() => (records ? session(lab) : undefined))
      .catch(() => undefined) // whoever watches the boot sees why
      .finally(() => {
        boots.delete(lab)
        homeScreen.poke()
      })
    homeScreen.poke()
  }
  const endLab = async (lab: string): Promise<void> => {
    await attempts.closeLab(lab)
    await terminals.closeLab(lab)
    // a session waits for its lab's boot, which is what may have to end
    if (!boots.has(lab)) await sessions.close(lab)
  }

  return os.router({
    home: {
      watch: os.home.watch.handler(({ signal }) => homeScreen.watch(signal)),
    },
    doctor: { run: os.doctor.run.handler(() => runDoctor()) },
    image: {
      status: os.image.status.handler(() => imageStatus()),
      build: os.image.build.handler(({ signal }) => image.watch(signal)),
    },
    topologies: {
      list: os.topologies.list.handler(async () =>
        Promise.all(
          (await topologyNames()).map(async (name) => {
            const { topology, summary, hosts } = await loadTopology(name)
            return { topology, summary, hosts: Object.keys(hosts) }
          }),
        ),
      ),
    },
    labs: {
      list: os.labs.list.handler(async () => summariseLabs(await home(), sessions.peek)),
      get: os.labs.get.handler(async ({ input }) => (await openLab(input.lab, await home())).info),
      up: os.labs.up.handler(async ({ input }) => {
        const boot = await beginLab(input, await home())
        booting(boot.lab, boot.done)
        return { lab: boot.lab }
      }),
      boot: os.labs.boot.handler(async function* ({ input, signal = forever }) {
        const at = await home()
        for await (const progress of watchBoot(at, input.lab, signal)) {
          // whoever reads "healthy" here must find it in the lab's own description as well
          if (progress.state !== 'booting') await bootOf(at, input.lab)?.done.catch(() => undefined)
          yield progress
        }
      }),
      cancel: os.labs.cancel.handler(async ({ input }) => {
        await endLab(input.lab)
        await cancelBoot(input.lab, await home())
        await sessions.close(input.lab)
        homeScreen.poke()
        return ok
      }),
      down: os.labs.down.handler(async ({ input }) => {
        await endLab(input.lab)
        await downLab(input.lab, await home())
        await sessions.close(input.lab)
        homeScreen.poke()
        return ok
      }),
      export: os.labs.export.handler(async ({ input, context }) => {
        if (context.elsewhere) throw fromElsewhere(input)
        return takeHome(await home(), input)
      }),
    },
    cluster: {
      watch: os.cluster.watch.handler(async function* ({ input, signal }) {
        const { state, onState, ended } = await session(input.lab)
        yield* latest((gives) => {
          const onEnd = (): void => gives.end(labGone(input.lab))
          ended.addEventListener('abort', onEnd, { once: true })
          gives.put(state())
          const stop = onState(gives.put)
          return () => {
            ended.removeEventListener('abort', onEnd)
            stop()
          }
        }, signal)
      }),
    },
    health: { get: os.health.get.handler(async ({ input }) => readHealth(await session(input.lab))) },
    config: {
      get: os.config.get.handler(async ({ input }) => readConfigView(await configReach(await session(input.lab)))),
      set: os.config.set.handler(async ({ input: { lab, key, value } }) =>
        changeConfig(await configReach(await session(lab)), key, value),
      ),
    },
    metrics: {
      watch: os.metrics.watch.handler(async function* ({ input, signal = forever }) {
        const { handle, ended } = await session(input.lab)
        yield* watchMetrics(handle.info, input.minutes, AbortSignal.any([signal, ended]))
        if (ended.aborted && !signal.aborted) throw labGone(input.lab)
      }),
    },
    records: {
      watch: os.records.watch.handler(async function* ({ input, signal = forever }) {
        const { recorder, ended } = await session(input.lab)
        yield* following(recorder, { signal: AbortSignal.any([signal, ended]) })
        if (ended.aborted && !signal.aborted) throw labGone(input.lab)
      }),
    },
    faults: {
      kinds: os.faults.kinds.handler(() => faultKinds.map(({ info }) => info)),
      list: os.faults.list.handler(async ({ input }) => (await session(input.lab)).faults.list()),
      inject: os.faults.inject.handler(async ({ input: { lab, ...fault } }) =>
        (await session(lab)).faults.inject(fault),
      ),
      heal: os.faults.heal.handler(async ({ input }) => (await session(input.lab)).faults.heal(input.id)),
    },
    probe: {
      start: os.probe.start.handler(async ({ input }) =>
        (await session(input.lab)).probe.start(input.rate, input.route),
      ),
      stop: os.probe.stop.handler(async ({ input }) => {
        const stats = await (await session(input.lab)).probe.stop(input.route)
        if (stats) return stats
        throw new DojoError('not-yet', {
          what: `No probe runs in lab "${input.lab}" on the route ${input.route}`,
          why: 'none was started by this app',
          next: 'Start it first',
        })
      }),
      verify: os.probe.verify.handler(async ({ input }) => (await session(input.lab)).probe.verify(input.route)),
      explain: os.probe.explain.handler(async ({ input }) =>
        (await session(input.lab)).probe.explain(input.since, input.route),
      ),
    },
    backups: {
      list: os.backups.list.handler(async ({ input }) => (await session(input.lab)).backups.view(input.repository)),
      make: os.backups.make.handler(async ({ input: { lab, type, repository } }) =>
        (await session(lab)).backups.make(type, repository),
      ),
      verify: os.backups.verify.handler(async ({ input }) =>
        (await session(input.lab)).backups.verify(input.repository),
      ),
      expire: os.backups.expire.handler(async ({ input: { lab, keepFull, repository } }) =>
        (await session(lab)).backups.expire(keepFull, repository),
      ),
    },
    pitr: {
      plan: os.pitr.plan.handler(async ({ input }) => (await session(input.lab)).backups.plan(input)),
      start: os.pitr.start.handler(async ({ input }) => (await session(input.lab)).backups.start(input)),
      resume: os.pitr.resume.handler(async ({ input }) => (await session(input.lab)).backups.resume()),
      remove: os.pitr.remove.handler(async ({ input }) => (await session(input.lab)).backups.remove()),
      watch: os.pitr.watch.handler(async function* ({ input, signal }) {
        const { backups, ended } = await session(input.lab)
        yield* latest<PitrView | null>((gives) => {
          const onEnd = (): void => gives.end(labGone(input.lab))
          ended.addEventListener('abort', onEnd, { once: true })
          let told = false
          const stop = backups.onPitr((view) => {
            told = true
            gives.put(view)
          })
          // read while it listens: a last change would be missed between the two, and what was told is newer
          backups.pitr().then((read) => {
            if (!told) gives.put(read)
          }, gives.end)
          return () => {
            ended.removeEventListener('abort', onEnd)
            stop()
          }
        }, signal)
      }),
    },
    terminals: {
      list: os.terminals.list.handler(({ input }) => terminals.list(input.lab)),
      open: os.terminals.open.handler(({ input }) => terminals.open(input)),
      watch: os.terminals.watch.handler(async function* ({ input: { id, from }, context, signal = forever }) {
        yield* terminals.watch(id, from, signal, context.client)
      }),
      ack: os.terminals.ack.handler(({ input: { id, upTo }, context }) => {
        terminals.ack(id, upTo, context.client)
        return ok
      }),
      write: os.terminals.write.handler(async ({ input: { id, data } }) => {
        terminals.write(id, data)
        await terminals.drained(id)
        return ok
      }),
      resize: os.terminals.resize.handler(async ({ input: { id, cols, rows } }) => {
        await terminals.resize(id, cols, rows)
        return ok
      }),
      close: os.terminals.close.handler(async ({ input }) => {
        await terminals.close(input.id)
        return ok
      }),
    },
    exercises: {
      list: os.exercises.list.handler(async () => attempts.list(await loadExercises())),
      start: os.exercises.start.handler(async ({ input: { slug, lab } }) => {
        const begun = await attempts.start(slug, lab)
        if (lab === undefined) booting(begun.lab, session(begun.lab))
        return begun
      }),
    },
    attempts: {
      watch: os.attempts.watch.handler(({ input, signal }) => attempts.watch(input.attempt, signal)),
      check: os.attempts.check.handler(async ({ input }) => (await attempts.get(input.attempt)).check()),
      answer: os.attempts.answer.handler(async ({ input: { attempt, question, value } }) =>
        (await attempts.get(attempt)).answer(question, value),
      ),
      hint: os.attempts.hint.handler(async ({ input }) => (await attempts.get(input.attempt)).hint()),
      solve: os.attempts.solve.handler(async ({ input }) => (await attempts.get(input.attempt)).solve()),
      next: os.attempts.next.handler(async ({ input }) => (await attempts.get(input.attempt)).next()),
      look: os.attempts.look.handler(async ({ input: { attempt, step } }) => (await attempts.get(attempt)).look(step)),
      reset: os.attempts.reset.handler(async ({ input }) => (await attempts.get(input.attempt)).reset()),
      abandon: os.attempts.abandon.handler(async ({ input }) => {
        await (await attempts.get(input.attempt)).abandon()
        return ok
      }),
    },
  })
}
export type Router = ReturnType<typeof createRouter>
