import type { ExplainedOutage, HostHoldings, ProbeReport } from '../contract/probe.js'
import { indent, table } from './output.js'

const s = (value: number): string => `${value.toFixed(1)} s`

function outageText({ outage, cause, phases, predicted }: ExplainedOutage): string {
  const { lastAckAt, seconds, failed, unknown } = outage
  const began = new Date(lastAckAt).toISOString()
  const rows = phases.map((phase) => [
    s(phase.seconds),
    phase.uncertainty >= 0.05 ? `± ${s(phase.uncertainty)}` : '',
    phase.phase,
    phase.doing,
    phase.predicted ? `${phase.predicted.fromS.toFixed(1)} to ${s(phase.predicted.toS)}` : '-',
  ])
  const because = phases.find(({ phase }) => phase === 'lease' || phase === 'detection')?.predicted?.because
  return [
    `outage  ${began}  ${s(seconds)}, ${failed} failed, ${unknown} unknown; cause: ${cause.text}\n`,
    indent(table(rows, ['for', '+/-', 'phase', 'what', 'expected'])),
    predicted ? `  expected in all: ${predicted.fromS.toFixed(1)} to ${s(predicted.toS)}\n` : '',
    because ? `  as ${because}\n` : '',
  ].join('')
}

const hostRow = ({ host, recovery, timeline, absent, onlyHere, why }: HostHoldings): string[] =>
  absent === null
    ? [host, `no answer: ${why ?? 'not known'}`, '-', '-', '-']
    : [
        host,
        recovery ? 'standby' : 'takes writes',
        timeline === null ? '-' : String(timeline),
        String(absent),
        String(onlyHere),
      ]

/** What a probe found, for a terminal: the claim, each outage by its phases, and what each host has. */
export function reportText({ claim, stats, outages }: ProbeReport): string {
  const { verification, answerAge } = stats
  return [
    `${claim}\n`,
    answerAge?.worstMs === undefined || answerAge.worstMs === null
      ? ''
      : `answers were at most ${answerAge.worstMs} ms old\n`,
    ...outages.map((outage) => `\n${outageText(outage)}`),
    verification
      ? `\n${table(verification.hosts.map(hostRow), ['host', 'is', 'timeline', 'absent', 'only there'])}` +
        `absent: acknowledged and not there. only there: not on ${verification.host}, the present primary\n`
      : '',
  ].join('')
}
