import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { reinitCommand } from '../../../src-main/lab/reinit.js'

const asks = 'printf \'Are you sure you want to reinitialize members pg2? [y/N]: \'; read -r sure; test "$sure" = y\n'
const started = "echo 'Success: reinitialize for member pg2'\n"

/** The command, with a patronictl that does this. */
function run(patronictl: string, options?: string): { status: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'dojo-reinit-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'patronictl')
  writeFileSync(file, `#!/bin/sh -e\n${patronictl}`)
  chmodSync(file, 0o755)
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
  const { status, stdout } = spawnSync('sh', ['-euc', reinitCommand('main', 'pg2', options)], { env, encoding: 'utf8' })
  return { status, said: stdout.trim() }
}

test('what Patroni does on that member is never cancelled', () => {
  expect(reinitCommand('main', 'pg2')).not.toContain('--force')
  expect(run(`${asks}test "$*" = 'reinit main pg2'\n${started}`)).toMatchObject({ status: 0 })
})

test('it may be waited for', () => {
  const waits = `${asks}test "$*" = 'reinit main pg2 --wait'\n${started}echo 'Reinitialize is completed on: pg2'\n`
  expect(run(waits, '--wait')).toEqual({ status: 0, said: 'Reinitialize is completed on: pg2' })
})

test('a refusal is a failure, whatever patronictl ends with, and says why', () => {
  const refusal = (why: string) => `Failed: reinitialize for member pg2, status code=503, (${why})`
  const refused = (why: string) => `${asks}echo '${refusal(why)}'\n`
  const busy = `${refused('running pg_rewind from pg1 already in progress')}printf 'Do you want to cancel it and reinitialize anyway? [y/N]: '
read -r cancel || { echo 'Aborted!' >&2; exit 1; }
${started}`
  expect(run(busy)).toMatchObject({ status: 1, said: refusal('running pg_rewind from pg1 already in progress') })
  const leaderless = run(refused('Cluster has no leader, can not reinitialize'))
  expect(leaderless).toMatchObject({ status: 1, said: refusal('Cluster has no leader, can not reinitialize') })
})

test('so is a member that does not answer', () => {
  const away = "echo 'MaxRetryError: Connection refused' >&2; exit 1\n"
  expect(run(away)).toEqual({ status: 1, said: 'MaxRetryError: Connection refused' })
})
