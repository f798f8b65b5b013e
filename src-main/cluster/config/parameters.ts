import { checkedByPatroni, decidedByPatroni, yesOrNo } from '../../lab/patroni-rules.js'

/** A row of pg_settings, with what `SHOW` says. Numbers come as text, in units of `unit`. */
export interface SettingRow {
  name: string
  setting: string
  shown: string
  unit: string | null
  vartype: string
  context: string
  minVal: string | null
  maxVal: string | null
  enumVals: readonly string[] | null
  /** The file that set it, or null where none did. */
  sourceFile: string | null
  pendingRestart: boolean
}

export const settingsSql = `
select name, setting, current_setting(name) as shown, unit, vartype, context, min_val, max_val, enumvals, sourcefile,
  pending_restart
from pg_settings where lower(name) = any($1) or pending_restart`

export const settingRowOf = (row: Readonly<Record<string, unknown>>): SettingRow => ({
  name: String(row['name']).toLowerCase(),
  setting: String(row['setting']),
  shown: String(row['shown']),
  unit: row['unit'] as string | null,
  vartype: String(row['vartype']),
  context: String(row['context']),
  minVal: row['min_val'] as string | null,
  maxVal: row['max_val'] as string | null,
  enumVals: row['enumvals'] as string[] | null,
  sourceFile: row['sourcefile'] as string | null,
  pendingRestart: row['pending_restart'] === true,
})

const memory: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 }
const time: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** `8kB` is eight of kB; 1 where there is no unit. */
function factor(unit: string): number | null {
  const [, times = '', name = ''] = /^(\d*)([a-zA-Z]+)$/.exec(unit) ?? []
  const base = memory[name] ?? time[name]
  return base === undefined ? null : Number(times || 1) * base
}

/** A value such as 64MB, 30s or 100 in the unit of its parameter; null when it is none. */
export function inUnit(value: unknown, unit: string | null): number | null {
  const [, figure = '', given = ''] =
    /^\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*([a-zA-Z]*)\s*$/.exec(String(value)) ?? []
  if (figure === '') return null
  if (given === '') return Number(figure)
  if (unit === null) return null
  const [from, to] = [factor(given), factor(unit)]
  const kin = (name: string): boolean => name.replace(/^\d+/, '') in memory
  return from === null || to === null || kin(given) !== kin(unit) ? null : (Number(figure) * from) / to
}

/** Whether a running value is the one that was asked for, however both are spelled. */
export function isInForce(asked: unknown, { name, setting, vartype, unit }: SettingRow): boolean {
  if (vartype === 'bool') return yesOrNo(asked) === yesOrNo(setting)
  if (vartype === 'integer') {
    const value = inUnit(asked, unit)
    return value !== null && Math.round(value) === Number(setting)
  }
  if (vartype === 'real') {
    const value = inUnit(asked, unit)
    return value !== null && Math.abs(value - Number(setting)) < 1e-9 * Math.max(1, Math.abs(value))
  }
  // pg_settings may spell yes and no of an enum in either way
  if (vartype === 'enum') {
    return spelled(asked) === setting.toLowerCase() || (yesOrNo(asked) !== null && yesOrNo(asked) === yesOrNo(setting))
  }
  // shown in one spelling, whichever was asked for: iso, mdy is ISO, MDY
  if (name === 'datestyle' || name === 'timezone') return spelled(asked) === setting.toLowerCase()
  return String(asked) === setting
}
const spelled = (value: unknown): string =>
  String(value === true ? 'on' : value === false ? 'off' : value).toLowerCase()

/** What becomes of a value before PostgreSQL sees it; null: nothing. */
export function changedByPatroni(
  name: string,
  asked: unknown,
  row: SettingRow,
): { kind: 'adjusted' | 'refused'; why: string; to: string | null } | null {
  const decided = decidedByPatroni[name]
  if (decided) return { kind: 'refused', why: decided, to: null }
  const checked = checkedByPatroni[name]
  if (checked?.least !== undefined) {
    const value = inUnit(asked, checked.unit ?? null)
    if (value === null || value < checked.least) {
      const least = `${checked.least}${checked.unit ?? ''}`
      const why = `Patroni takes nothing below ${least} for it, and falls back to its default, ${checked.standard}`
      return { kind: 'adjusted', why, to: checked.standard }
    }
  }
  if (row.vartype !== 'integer' && row.vartype !== 'real') return null
  const value = inUnit(asked, row.unit)
  const [least, most] = [row.minVal, row.maxVal]
  if (value === null) return null
  if (least !== null && value < Number(least)) {
    return {
      kind: 'adjusted',
      why: `PostgreSQL takes nothing below ${least}${inWords(row)}: Patroni raises it`,
      to: least,
    }
  }
  if (most !== null && value > Number(most)) {
    return {
      kind: 'adjusted',
      why: `PostgreSQL takes nothing above ${most}${inWords(row)}: Patroni lowers it`,
      to: most,
    }
  }
  return null
}
const inWords = ({ unit }: SettingRow): string => (unit === null ? '' : ` (in ${unit})`)

/** Why PostgreSQL can't use a value at all, in a clause; null when it can. */
export function valueProblem(asked: unknown, row: SettingRow): string | null {
  const { vartype, unit, enumVals, context } = row
  if (context === 'internal') return 'PostgreSQL decides it itself, and nobody can set it'
  if (vartype === 'bool' && yesOrNo(asked) === null) return 'it wants on or off'
  if ((vartype === 'integer' || vartype === 'real') && inUnit(asked, unit) === null) {
    const units = unit === null ? '' : factor(unit) && kinOf(unit)
    return `it wants a number${units ? `, with ${units} or without a unit (then in ${unit})` : ''}`
  }
  if (vartype === 'enum' && enumVals && !enumVals.includes(spelled(asked)) && yesOrNo(asked) === null)
    return `it wants one of ${enumVals.join(', ')}`
  return null
}
const kinOf = (unit: string): string => Object.keys(unit.replace(/^\d+/, '') in memory ? memory : time).join(', ')
