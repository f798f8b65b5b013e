import type { BackupsView, BackupView, PitrTarget } from '../contract/backup.js'
import { DojoError } from '../contract/errors.js'
import { lsnOf } from './lsn.js'
import { ancestryOf } from './timelines.js'
import { newestTimeline, onAncestry } from './window.js'

/** Microseconds since 1970: 2^53 of them last until the year 2255. */
type Micros = number

const timeForm = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,6}))?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/

/** A moment with its microseconds, which a Date does not keep. Without a zone it is UTC, as in every log of a lab. */
export function microsOf(text: string): Micros | null {
  const match = timeForm.exec(text.trim())
  if (!match) return null
  const [, day, clock, fraction = '', zone = 'Z'] = match
  const offset = zone === 'Z' || zone === 'UTC' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone
  const ms = Date.parse(`${day}T${clock!.length === 5 ? `${clock}:00` : clock}${offset}`)
  return Number.isNaN(ms) ? null : ms * 1000 + Number(fraction.padEnd(6, '0'))
}

/** As PostgreSQL and its logs spell it: 2026-11-26 14:03:12.345678+00 */
export function momentText(micros: Micros): string {
  const whole = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString()
  const fraction = String(micros % 1_000_000).padStart(6, '0')
  return `${whole.slice(0, 10)} ${whole.slice(11, 19)}.${fraction}+00`
}

const clockText = (ms: number): string => `${momentText(Math.floor(ms / 1000) * 1_000_000).slice(0, 19)} UTC`

const unreachable = (what: string, why: string, next: string): DojoError =>
  new DojoError('target-unreachable', { what, why, next })

/** The window in one clause, for everyone who asked for something outside it. */
export function windowText({ window }: BackupsView): string {
  if (!window) return 'nothing can be reached yet: there is no backup with an archive behind it'
  const { from, to, fromLsn, toLsn, timelines } = window
  const line = timelines.length > 1 ? `timelines ${timelines.toReversed().join(' > ')}` : `timeline ${timelines[0]}`
  return `what can be reached is ${clockText(from)} to ${clockText(to)} (${fromLsn} to ${toLsn}), on ${line}`
}

export interface Reach {
  /** The target as PostgreSQL is told it. */
  target: PitrTarget
  /** Backups that recovery may begin with, the likeliest first. */
  candidates: string[]
}

/**
 * What recovery to a target begins from.
 * @throws DojoError usage for a target that is none, target-unreachable with the window for one outside it
 */
export function reach(view: BackupsView, target: PitrTarget): Reach {
  if (!view.window) throw unreachable('No recovery is possible', windowText(view), 'Make a backup: `dojo backup LAB`')
  const known = view.timelines.map(({ timeline }) => timeline)
  const timeline = target.timeline ?? newestTimeline(view.timelines)
  if (!known.includes(timeline)) {
    throw unreachable(`No timeline ${timeline}`, `the archive knows ${known.join(', ')}`, 'Choose one of them')
  }
  const ancestry = ancestryOf(view.timelines, timeline)
  const usable = view.backups.filter((backup) => !backup.damaged && onAncestry(backup, ancestry)).toReversed()
  const early = (backup: BackupView, what: string, end: string): DojoError =>
    unreachable(
      `${what} can't be reached`,
      `the oldest backup, ${backup.label}, ended at ${end}, and until then its files are not consistent; ${windowText(view)}`,
      'Choose a later target',
    )
  const oldest = usable.at(-1)
  if (!oldest) throw unreachable('No backup fits', `none was made on timeline ${timeline}`, 'Choose another timeline')
  const chosen = (fits: (backup: BackupView) => boolean): string[] => usable.filter(fits).map(({ label }) => label)
  if (target.kind === 'time') {
    const micros = microsOf(target.value)
    if (micros === null) throw notA('time', target.value, '2026-11-26 14:03:12.345678')
    const value = momentText(micros)
    if (micros > view.window.to * 1000) throw late(view, value)
    const candidates = chosen(({ stoppedAt }) => stoppedAt * 1000 + 999_999 < micros).slice(0, 1)
    if (candidates.length === 0) throw early(oldest, value, clockText(oldest.stoppedAt))
    return { target: { ...target, value }, candidates }
  }
  if (target.kind === 'lsn') {
    if (!/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i.test(target.value)) throw notA('lsn', target.value, '0/5000028')
    const lsn = lsnOf(target.value)
    const candidates = chosen(({ stopLsn }) => lsnOf(stopLsn) <= lsn).slice(0, 1)
    if (candidates.length === 0) throw early(oldest, `LSN ${target.value}`, oldest.stopLsn)
    return { target: { ...target, value: target.value.toUpperCase() }, candidates }
  }
  if (target.kind === 'xid' && !/^[1-9]\d{0,9}$/.test(target.value)) throw notA('xid', target.value, '752')
  if (target.kind === 'name' && !/^[\w .:@-]{1,63}$/.test(target.value)) {
    throw notA('name', target.value, 'before-release')
  }
  // where they are in the WAL is not known until it was read: backups are tried, the newest first
  return { target, candidates: chosen(() => true) }
}

const late = (view: BackupsView, value: string): DojoError =>
  unreachable(
    `${value} can't be reached`,
    view.window?.open
      ? `it is in the future; ${windowText(view)}`
      : `no WAL of then is in the archive; ${windowText(view)}`,
    'Choose an earlier target',
  )

const notA = (kind: PitrTarget['kind'], value: string, example: string): DojoError =>
  new DojoError('usage', {
    what: `"${value}" is no ${{ time: 'time', lsn: 'LSN', xid: 'transaction id', name: 'name of a restore point' }[kind]}`,
    why: 'recovery needs a target that PostgreSQL understands',
    next: `Give it like this: ${example}`,
  })
