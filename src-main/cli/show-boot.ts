import type { BootPhaseView, BootProgress } from '../contract/lab.js'
import type { Io } from './io.js'
import { seconds } from './output.js'

const marks: Record<BootPhaseView['state'], string> = { waiting: ' ', running: '>', done: 'ok', failed: 'FAIL' }

/** Shows a boot's phases: on a terminal as a block that is drawn anew, otherwise as one line per phase that ended. */
export function showBoot(io: Io): (progress: BootProgress) => void {
  return io.tty ? block(io) : plain(io)
}

function plain(io: Io): (progress: BootProgress) => void {
  const told = new Set<string>()
  return ({ lab, topology, phases }) => {
    if (told.size === 0) io.out(`lab "${lab}" (${topology})\n`)
    told.add('')
    for (const { phase, title, state, endedMs, detail } of phases) {
      if ((state !== 'done' && state !== 'failed') || told.has(phase)) continue
      told.add(phase)
      io.out(
        `${seconds(endedMs ?? 0).padStart(8)}  ${marks[state].padEnd(4)}  ${title.padEnd(20)}  ${detail ?? ''}`.trimEnd() +
          '\n',
      )
    }
  }
}

function block(io: Io): (progress: BootProgress) => void {
  let drawn = 0
  return ({ lab, topology, phases, elapsedMs }) => {
    const width = io.columns()
    const lines = [
      `lab "${lab}" (${topology})  ${seconds(elapsedMs)}`,
      ...phases.map(({ title, state, startedMs, endedMs, detail = '' }) => {
        const time = startedMs === undefined ? '' : seconds(endedMs ?? elapsedMs)
        return `${time.padStart(8)}  ${marks[state].padEnd(4)}  ${title.padEnd(20)}  ${detail}`
          .trimEnd()
          .slice(0, width - 1)
      }),
    ]
    io.out(`${drawn > 0 ? `\u001B[${drawn}A` : ''}${lines.map((line) => `\u001B[2K${line}\n`).join('')}`)
    drawn = lines.length
  }
}
