import { runDoctor } from '../doctor/doctor.js'
import { Exit } from './failure.js'
import { jsonOption, type Verb } from './verb.js'

const marks = { ok: 'ok', warn: 'warn', fail: 'FAIL' } as const

export const doctor: Verb = (program, { io, json }) => {
  program
    .command('doctor')
    .summary('check this machine: engine, kernel, memory, disk, ports')
    .description(
      'Looks at everything that labs need of this machine, and says what to do about each. Exit code 3: not fit.',
    )
    .option(...jsonOption)
    .action(async (options: { json?: boolean }) => {
      const findings = await runDoctor()
      const fit = findings.every(({ state }) => state !== 'fail')
      if (options.json) json({ fit, findings })
      else {
        const width = Math.max(...findings.map(({ title }) => title.length))
        for (const { title, state, observed, why, next } of findings) {
          io.out(`${marks[state].padEnd(4)}  ${title.padEnd(width)}  ${observed}\n`)
          if (why) io.out(`${' '.repeat(width + 8)}why   ${why}\n`)
          if (next) io.out(`${' '.repeat(width + 8)}next  ${next}\n`)
        }
        io.out(
          fit ? '\nThis machine is fit for labs.\n' : '\nThis machine is not fit yet: see the lines that say FAIL.\n',
        )
      }
      if (!fit) throw new Exit(3)
    })
}
