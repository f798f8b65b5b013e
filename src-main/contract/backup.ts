import { z } from 'zod'
import { epochMs, hostName } from './names.js'

export const backupTypes = ['full', 'diff', 'incr'] as const
export const backupType = z.enum(backupTypes)
export type BackupType = z.infer<typeof backupType>

/** One backup, as `pgbackrest info` has it. pgBackRest keeps whole seconds. */
export const backupView = z.object({
  label: z.string(),
  type: z.string(),
  startedAt: epochMs,
  stoppedAt: epochMs.describe('Recovery from it can reach moments after this one only'),
  timeline: z.int(),
  startLsn: z.string(),
  stopLsn: z.string(),
  databaseBytes: z.number().describe('Of the cluster that it holds'),
  repositoryBytes: z.number().describe('What it added to the repository'),
  needs: z.array(z.string()).describe('Labels of the backups that it builds on'),
  damaged: z.boolean().describe('pgBackRest found pages with a wrong checksum while it copied'),
})
export type BackupView = z.infer<typeof backupView>

/** When cron makes which backups, on every repository host. */
export const backupSchedule = z.object({ type: backupType, at: z.string().describe('Five fields of cron, UTC') })
export type BackupSchedule = z.infer<typeof backupSchedule>

/** What the last run that cron began said at its end. */
export const scheduledRun = z.object({
  endedAt: epochMs,
  type: backupType,
  outcome: z.enum(['made', 'none', 'failed']).describe('none: it gave way to another one, or had nothing to build on'),
  text: z.string(),
})
export type ScheduledRun = z.infer<typeof scheduledRun>

/** A timeline that the archive knows, and where it left the one before it. */
export const timelineView = z.object({
  timeline: z.int(),
  parent: z.int().nullable(),
  from: z.string().nullable().describe('LSN at which it left its parent'),
  reason: z.string().nullable().describe('As PostgreSQL wrote it into the history file'),
})
export type TimelineView = z.infer<typeof timelineView>

/** What recovery can reach: anything after the oldest backup's end, up to the newest WAL. */
export const recoverableWindow = z.object({
  from: epochMs,
  to: epochMs,
  fromLsn: z.string(),
  toLsn: z.string(),
  timelines: z.array(z.int()).describe('Newest first: the ancestry that recovery follows'),
  open: z.boolean().describe('Whether it grows with the clock: a primary archives; if not, it ends with the archive'),
})
export type RecoverableWindow = z.infer<typeof recoverableWindow>

export const backupsView = z.object({
  lab: z.string(),
  at: epochMs,
  repository: z.string().describe('The host that keeps them'),
  repositories: z.array(z.string()).describe('All hosts that keep backups of this lab, each its own'),
  ok: z.boolean(),
  message: z.string().describe("pgBackRest's own word on the stanza"),
  encrypted: z.boolean(),
  keepFull: z.int().describe('Full backups that are kept: an older one goes once there are more'),
  schedules: z.array(backupSchedule),
  scheduled: scheduledRun.nullable().describe('The last run that cron began here; null: none has ended yet'),
  archive: z
    .object({ first: z.string(), last: z.string(), lastAt: epochMs, segments: z.int(), bytes: z.number() })
    .nullable(),
  timelines: z.array(timelineView),
  window: recoverableWindow.nullable(),
  backups: z.array(backupView).describe('Oldest first'),
})
export type BackupsView = z.infer<typeof backupsView>

export const verifyView = z.object({
  ok: z.boolean(),
  checkedWal: z.int(),
  lines: z.array(z.string()).describe('What `pgbackrest verify` says of each archive and backup'),
})
export type VerifyView = z.infer<typeof verifyView>

export const expireView = z.object({ gone: z.array(z.string()).describe('Labels'), kept: z.array(z.string()) })
export type ExpireView = z.infer<typeof expireView>

export const targetKinds = ['time', 'lsn', 'xid', 'name'] as const
export const targetKind = z.enum(targetKinds)
export type TargetKind = z.infer<typeof targetKind>

export const pitrTarget = z.object({
  kind: targetKind,
  value: z.string().min(1).max(200),
  exclusive: z.boolean().default(false).describe('Stop just before it, not just after'),
  timeline: z.int().min(1).optional().describe('absent: the newest that the archive knows'),
})
export type PitrTarget = z.infer<typeof pitrTarget>

export const pitrModes = ['beside', 'whole'] as const
export const pitrMode = z
  .enum(pitrModes)
  .describe('beside: on a spare host, production goes on. whole: the cluster itself goes back')
export type PitrMode = z.infer<typeof pitrMode>

export const pitrStep = z.object({
  id: z.string(),
  title: z.string(),
  why: z.string(),
  commands: z.array(z.object({ on: hostName, run: z.string() })).describe('What it runs, as one can run it by hand'),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  seconds: z.number().nullable(),
  observed: z.string().nullable().describe('What showed that it worked, or that it did not'),
})
export type PitrStep = z.infer<typeof pitrStep>

/** A recovery: planned, under way, or over. The lab's folder holds it, written before anything is done. */
export const pitrView = z.object({
  mode: pitrMode,
  target: pitrTarget,
  backup: z.string().describe('The backup that it begins from'),
  spare: hostName.describe('Where it is restored beside the cluster'),
  leader: hostName.nullable().describe('The data host that production is restored on; null beside'),
  state: z.enum(['planned', 'running', 'interrupted', 'failed', 'done', 'removed']),
  steps: z.array(pitrStep),
  startedAt: epochMs,
  endedAt: epochMs.nullable(),
  error: z.object({ code: z.string(), what: z.string(), why: z.string(), next: z.string() }).nullable(),
  use: z.array(z.object({ on: hostName, run: z.string() })).describe('What one does with the result'),
})
export type PitrView = z.infer<typeof pitrView>
