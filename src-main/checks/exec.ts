import { z } from 'zod'
import { defineCheck, messageOf, notAsked, passIf } from './check.js'
import { operator, satisfies, wordsOf } from './operators.js'

const params = z.strictObject({
  on: z.string().describe('Host that the command runs on'),
  run: z.array(z.string()).min(1).describe('Command and arguments. It must only read: no shell, no standard input'),
  code: operator.default(0).describe('Exit code'),
  stdout: operator.optional().describe('Its output as one value, without surrounding space'),
  withinMs: z.int().min(100).max(10_000).default(3000).describe('Milliseconds that the command may take'),
})

export const exec = defineCheck({
  kind: 'exec',
  summary: 'What a command that only reads answers on a host',
  params,
  sources: ['exec'],
  async evaluate({ params: { on, run, code, stdout, withinMs }, sources }) {
    const command = run.join(' ')
    const expected = [`exit code ${wordsOf(code)}`, stdout === undefined ? '' : `output ${wordsOf(stdout)}`]
      .filter(Boolean)
      .join(', ')
    try {
      const answer = await sources.exec(on, run, { timeoutMs: withinMs })
      const output = answer.stdout.trim()
      const shown = output.length > 200 ? `${output.slice(0, 200)} ... (${output.length} characters)` : output
      return passIf(satisfies(answer.code, code) && (stdout === undefined || satisfies(output, stdout)), {
        expected,
        observed: [`exit code ${answer.code}`, stdout === undefined ? '' : `output ${shown || 'nothing'}`]
          .filter(Boolean)
          .join(', '),
        why: answer.stderr.trim().split('\n').at(-1) || `${on} ran ${command}`,
        evidence: [{ source: `${command} on ${on}`, value: shown, ageMs: 0 }],
      })
    } catch (error) {
      return notAsked({ expected, observed: `no answer from ${on}`, why: messageOf(error) })
    }
  },
})
