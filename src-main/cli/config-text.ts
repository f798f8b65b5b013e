import type { ConfigChange, ConfigFinding, ConfigValue, ConfigView, NotHonoured } from '../contract/config.js'
import { indent, seconds, table } from './output.js'

const spell = (value: unknown): string =>
  value === undefined ? '-' : typeof value === 'string' && value !== '' ? value : JSON.stringify(value)

/** One word where all hosts agree, else a column's cell for each. */
function effective({ effective: by }: ConfigValue): string {
  const values = Object.entries(by)
  const known = values.filter(([, value]) => value !== null)
  if (known.length === 0) return 'not known'
  const [[, first] = [], ...rest] = known
  if (known.length === values.length && rest.every(([, value]) => value === first)) return first!
  return values.map(([host, value]) => `${host} ${value ?? 'not known'}`).join(', ')
}

const words: Record<ConfigFinding['kind'], string> = {
  adjusted: 'adjusted',
  refused: 'refused',
  overridden: 'overridden',
  restart: 'needs a restart',
  waiting: 'not in force yet',
}

/** What became of a value, in three lines: what, why, what next. */
export function findingText({ key, host, kind, asked, effective: now, why, next }: ConfigFinding): string {
  const where = host === null ? '' : ` on ${host}`
  const what = `${key}${where} ${words[kind]}: asked ${spell(asked)}, in force ${now ?? 'nothing of it'}`
  return `${what}\n  why   ${why}\n  next  ${next}\n`
}

export function configText({ lab, source, hosts, values, findings }: ConfigView, topology: string): string {
  const marked = new Map<string, string[]>()
  for (const { key, kind } of findings) marked.set(key, [...new Set([...(marked.get(key) ?? []), words[kind]])])
  const rows = values.map((value) => [
    value.key,
    spell(value.asked),
    effective(value),
    marked.get(value.key)?.join(', ') ?? '',
  ])
  const silent = hosts
    .filter(({ why }) => why !== undefined)
    .map(({ name, why }) => `${name} does not answer: ${why}\n`)
  return [
    `lab "${lab}"  ${topology}, dynamic configuration as ${source === 'etcd' ? source : `Patroni on ${source}`} has it\n\n`,
    table(rows, ['key', 'asked', 'in force', '']),
    silent.length > 0 ? `\n${silent.join('')}` : '',
    findings.length > 0 ? `\n${findings.map(findingText).join('')}` : '\neverything that was asked for is in force\n',
  ].join('')
}

export function changeText({
  key,
  before,
  asked,
  changed,
  seconds: took,
  takenUp,
  restart,
  findings,
}: ConfigChange): string {
  const what = changed ? `${key}: ${spell(before)} -> ${spell(asked)}` : `${key} was ${spell(asked)} already`
  const by =
    takenUp.length > 0
      ? `taken up by ${takenUp.join(', ')} within ${seconds(took * 1000)}`
      : 'no Patroni has taken it up yet'
  const needs = restart.map(({ host, parameters }) => `restart ${host}: ${parameters.join(', ')}\n`).join('')
  return `${what}\n${by}\n${needs === '' ? 'no restart needed\n' : needs}${findings.length > 0 ? `\n${indent(findings.map(findingText).join(''), '')}` : ''}`
}

/** What a lab made of a person's own configuration, key by key. */
export function ownText(notHonoured: readonly NotHonoured[], findings: readonly ConfigFinding[]): string {
  if (notHonoured.length + findings.length === 0) return '  patroni      everything in your file is in force\n'
  const rows = notHonoured.map(({ key, line, outcome, effective: now, why }) => [
    `line ${line}`,
    key,
    now === undefined ? outcome : `${outcome} to ${now}`,
    why,
  ])
  return `\nnot as your file has it:\n${indent(table(rows))}${indent(findings.map(findingText).join(''))}`
}
