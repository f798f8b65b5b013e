import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import {
  backupsView,
  backupType,
  backupView,
  expireView,
  pitrMode,
  pitrTarget,
  pitrView,
  verifyView,
} from './backup.js'
import { clusterState } from './cluster.js'
import { configChange, configView } from './config.js'
import { engineStatus, finding, imageProgress, imageStatus } from './doctor.js'
import { attemptView, exerciseSummary } from './exercise.js'
import { exportRequest, labExport } from './export.js'
import { faultKindInfo, faultRecord, faultSchedule } from './fault.js'
import { healthReport } from './health.js'
import { bootProgress, labInfo, upOptions } from './lab.js'
import { metricsMinutes, metricsView } from './metrics.js'
import { hostName, labName } from './names.js'
import { probeReport, probeRoute, probeStats } from './probe.js'
import { labRecord } from './record.js'
import { terminalOpen, terminalOutput, terminalView } from './terminal.js'
import { topologySummary } from './topology.js'

/**
 * The one contract between screens and src-main, over a WebSocket, a MessagePort or in-process. Streams send a snapshot
 * first, then changes. Expected failures arrive as ORPCError with code DOJO and data = errorData.
 */
export const errorData = z.object({ code: z.string(), what: z.string(), why: z.string(), next: z.string() })
const call = oc.errors({ DOJO: { data: errorData } })
const lab = z.object({ lab: labName })
const attempt = z.object({ attempt: z.string() })
const ofRepository = lab.extend({
  repository: hostName.optional().describe('The host that keeps the backups; absent: the first one'),
})
const onRoute = lab.extend({ route: probeRoute.default('proxy') })
const ok = z.object({ ok: z.literal(true) })

export const labSummary = z.object({
  lab: z.string(),
  topology: z.string(),
  state: labInfo.shape.state,
  createdAt: z.number(),
  hosts: z.array(z.object({ name: z.string(), container: z.enum(['running', 'paused', 'exited', 'missing']) })),
  attempt: z.string().nullable(),
})
export type LabSummary = z.infer<typeof labSummary>

/** What the home screen shows; sent whole on change and every few seconds. */
export const homeView = z.object({
  at: z.number(),
  version: z.string(),
  engine: engineStatus,
  image: imageStatus,
  kernel: z.string().describe('What the engine kernel can do for faults, in a few words'),
  memory: z.object({ labsBytes: z.number(), totalBytes: z.number() }),
  labs: z.array(labSummary),
  exercises: z.array(exerciseSummary),
  planned: z.array(z.object({ number: z.int(), title: z.string(), group: z.string(), minutes: z.int() })),
})
export type HomeView = z.infer<typeof homeView>

export const contract = {
  home: { watch: call.output(eventIterator(homeView)) },
  doctor: { run: call.output(z.array(finding)) },
  image: {
    status: call.output(imageStatus),
    build: call.output(eventIterator(imageProgress)),
  },
  topologies: { list: call.output(z.array(topologySummary)) },
  labs: {
    list: call.output(z.array(labSummary)),
    get: call.input(lab).output(labInfo),
    /** Returns at once; the boot goes on whoever watches. */
    up: call.input(upOptions).output(lab),
    boot: call.input(lab).output(eventIterator(bootProgress)),
    cancel: call.input(lab).output(ok),
    down: call.input(lab).output(ok),
    /** Writes the lab as files that work without the app. Only for who is at the app's own machine. */
    export: call.input(exportRequest).output(labExport),
  },
  cluster: { watch: call.input(lab).output(eventIterator(clusterState)) },
  /** One page: what is wrong, since when, and what to look at next. */
  health: { get: call.input(lab).output(healthReport) },
  config: {
    /** Patroni's dynamic configuration beside what every data host runs with. */
    get: call.input(lab).output(configView),
    /** Changes one value through Patroni; null takes the key out. Returns once every Patroni that answers took it up. */
    set: call.input(lab.extend({ key: z.string().min(1).max(200), value: z.json() })).output(configChange),
  },
  /** Where the topology has a Prometheus; `error` in the view while it does not answer. */
  metrics: { watch: call.input(lab.extend({ minutes: metricsMinutes })).output(eventIterator(metricsView)) },
  records: { watch: call.input(lab).output(eventIterator(z.array(labRecord))) },
  faults: {
    kinds: call.output(z.array(faultKindInfo)),
    list: call.input(lab).output(z.array(faultRecord)),
    inject: call
      .input(
        z.object({
          lab: labName,
          kind: z.string(),
          target: z.string(),
          options: z.record(z.string(), z.unknown()).default({}),
          schedule: faultSchedule.optional().describe('absent: now, until it is healed'),
          by: z.enum(['learner', 'cli']).default('learner').describe('cli: from the command line'),
        }),
      )
      .output(faultRecord),
    heal: call
      .input(z.object({ lab: labName, id: z.string().optional().describe('absent: all') }))
      .output(z.array(faultRecord)),
  },
  probe: {
    start: call.input(onRoute.extend({ rate: z.number().min(1).max(500).default(40) })).output(probeStats),
    stop: call.input(onRoute).output(probeStats),
    verify: call.input(onRoute).output(probeStats),
    /** The outages of a route since a moment, split into phases. Asks nobody: verify first for what was lost. */
    explain: call.input(onRoute.extend({ since: z.number().default(0) })).output(probeReport),
  },
  backups: {
    list: call.input(ofRepository).output(backupsView),
    /** Waits for its end. */
    make: call.input(ofRepository.extend({ type: backupType.default('incr') })).output(backupView),
    verify: call.input(ofRepository).output(verifyView),
    expire: call.input(ofRepository.extend({ keepFull: z.int().min(1).optional() })).output(expireView),
  },
  pitr: {
    /** What a recovery would do, step by step; nothing is done. */
    plan: call.input(ofRepository.extend({ mode: pitrMode, target: pitrTarget })).output(pitrView),
    /** Returns at once; the recovery goes on whoever watches. */
    start: call.input(ofRepository.extend({ mode: pitrMode, target: pitrTarget })).output(pitrView),
    resume: call.input(lab).output(pitrView),
    remove: call.input(lab).output(pitrView),
    watch: call.input(lab).output(eventIterator(pitrView.nullable())),
  },
  terminals: {
    list: call.input(lab).output(z.array(terminalView)),
    open: call.input(terminalOpen).output(terminalView),
    watch: call.input(z.object({ id: z.string(), from: z.number().default(0) })).output(eventIterator(terminalOutput)),
    ack: call.input(z.object({ id: z.string(), upTo: z.number() })).output(ok),
    write: call.input(z.object({ id: z.string(), data: z.string().max(1_000_000) })).output(ok),
    resize: call
      .input(z.object({ id: z.string(), cols: z.int().min(2).max(500), rows: z.int().min(2).max(300) }))
      .output(ok),
    close: call.input(z.object({ id: z.string() })).output(ok),
  },
  exercises: {
    list: call.output(z.array(exerciseSummary)),
    /** Boots a lab for it unless `lab` names one; returns at once. Watch labs.boot, then attempts.watch. */
    start: call
      .input(z.object({ slug: z.string(), lab: labName.optional() }))
      .output(z.object({ attempt: z.string(), lab: z.string() })),
  },
  attempts: {
    watch: call.input(attempt).output(eventIterator(attemptView)),
    check: call.input(attempt).output(attemptView),
    answer: call
      .input(z.object({ attempt: z.string(), question: z.string(), value: z.union([z.string(), z.number()]) }))
      .output(attemptView),
    hint: call.input(attempt).output(attemptView),
    /** Shows the reference solution; it does not run it. */
    solve: call.input(attempt).output(attemptView),
    next: call.input(attempt).output(attemptView),
    look: call.input(z.object({ attempt: z.string(), step: z.int() })).output(attemptView),
    reset: call.input(attempt).output(attemptView),
    abandon: call.input(attempt).output(ok),
  },
}
export type Contract = typeof contract
