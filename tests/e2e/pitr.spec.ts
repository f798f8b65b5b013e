import { guide, pictures, removeLab, startExercise, terminals } from './support/learner.js'
import { picture, smallPicture } from './support/pictures.js'
import { expect, openHome, test } from './support/test.js'

const recoveryMs = 120_000

// what can't be pressed says so, long before the test's own limit
test.use({ actionTimeout: 45_000 })

test('a learner rescues a dropped table, and takes a whole cluster back', async ({ page, dojo }) => {
  test.setTimeout(480_000)
  await openHome(page, dojo.url)
  const { panel, ...learner } = guide(page)
  const terminal = terminals(page)
  const { host } = pictures(page)
  const lab = await startExercise(page, 'Point-in-time recovery', 'Read what is kept')
  await terminal.readable()
  const dialog = page.getByRole('dialog', { name: 'Backups and recovery' })
  const steps = dialog.locator('.pitr-steps > li')

  await test.step('read what is kept', async () => {
    await learner.choose(/From which backup/, /^From the standby/)
    await learner.diagnosed('The standby drops it as well')
    await learner.change(/From which backup/)
    await learner.choose(/From which backup/, /^From one that was made before/)
    await terminal.type('psql', 'create table bookings (id int primary key, guest text);', /\nCREATE TABLE/)
    const rows = "insert into bookings select n, 'guest ' || n from generate_series(1, 100) n;"
    await terminal.type('psql', rows, /\nINSERT 0 100/)
    await learner.says('bookings', 'pass')
    await learner.next()
  })

  const moment = await test.step('find the moment, in the log and in the WAL', async () => {
    await learner.step('Find the moment')
    const rows = "insert into bookings select n, 'guest ' || n from generate_series(101, 120) n;"
    await terminal.type('psql', rows, /\nINSERT 0 20/)
    await terminal.type('psql', 'drop table bookings;', /\nDROP TABLE/)
    await learner.says('dropped', 'pass')
    await terminal.type('pg1', 'grep -c "drop table" /var/log/postgresql/postgresql.log', /\n1\b/)
    const look =
      "cd $PGDATA/pg_wal; for s in $(ls | grep -E '^[0-9A-F]{24}$'); do pg_waldump -r Transaction $s 2>&-; done | grep -oE 'tx: +[0-9]+|COMMIT [-0-9]+ [0-9:.]+ UTC; rels' | grep -B1 rels | tail -n 2"
    const [, xid, when] = await terminal.type('pg1', look, /\ntx: +(\d+)\s*\nCOMMIT (\S+ \S+) UTC/)
    await learner.choose(/The server's log has a time/, /^When the statement began/)
    await learner.answer(/In which transaction/, String(Number(xid) - 1))
    await learner.diagnosed('That one did something else')
    await learner.change(/In which transaction/)
    await learner.answer(/In which transaction/, xid!)
    await learner.says('xid-found', 'pass')
    await expect(panel).toContainText(`dropped by transaction ${xid}, committed at ${when}`)
    await learner.next()
    return when!
  })

  await test.step('rescue the table beside the cluster', async () => {
    await learner.step('Rescue the table beside the cluster')
    await page.getByRole('button', { name: 'Backups', exact: true }).click()
    await expect(dialog.locator('[data-backup="full"]')).toHaveCount(1)
    await expect(dialog.getByRole('img', { name: /^Reachable: .* to now UTC/ })).toBeVisible()
    await dialog.getByRole('textbox', { name: 'Target' }).fill('2026-01-01 00:00')
    await dialog.getByRole('button', { name: 'Show the steps' }).click()
    await expect(dialog.getByRole('alert')).toContainText('what can be reached is')
    await dialog.getByRole('textbox', { name: 'Target' }).fill(moment)
    await dialog.getByRole('checkbox', { name: /stop just before/ }).check()
    await dialog.getByRole('button', { name: 'Show the steps' }).click()
    await expect(dialog.locator('[data-step="spare-restore"]')).toContainText('--archive-mode=off restore')
    await picture(page, 'pitr-plan')
    await smallPicture(page, 'pitr-plan-small')
    await dialog.getByRole('button', { name: 'Restore on backup' }).click()
    await expect(dialog.getByRole('status').first()).toContainText(': done', { timeout: recoveryMs })
    await expect(dialog.locator('[data-step="spare-recover"]')).toContainText('recovery stopping before commit')
    await picture(page, 'pitr-beside')
    await page.keyboard.press('Escape')
    await learner.says('found-beside', 'pass')
    await page.getByRole('button', { name: 'New terminal' }).click()
    await page.getByRole('button', { name: 'backup: shell' }).click()
    const load = 'pg_dump -h /run/postgresql -p 5432 -U postgres --no-owner -t bookings app | psql'
    await terminal.type('backup', load, /\nCOPY 120/)
    await learner.says('untouched', 'pass')
    await dojo.cli('pitr', lab, '--remove')
    await learner.says('cleared', 'pass')
    await learner.next()
  })

  await test.step('take the whole cluster back to a named moment', async () => {
    await learner.step('Take the whole cluster back')
    await terminal.type('pg1', `psql -c "select pg_create_restore_point('before-batch')"`, /\(1 row\)/)
    await terminal.type('psql', "update bookings set guest = 'nobody';", /\nUPDATE 120/)
    await learner.says('spoilt', 'pass')
    await page.getByRole('button', { name: 'Backups', exact: true }).click()
    await dialog.getByRole('radio', { name: 'The whole cluster' }).click()
    await dialog.getByRole('radio', { name: 'Restore point' }).click()
    await dialog.getByRole('textbox', { name: 'Target' }).fill('before-batch')
    await dialog.getByRole('button', { name: 'Show the steps' }).click()
    await expect(steps).toHaveCount(14)
    await dialog.getByRole('button', { name: `Take ${lab} back` }).click()
    await expect(dialog.locator('[data-step="stop-leader"]')).toHaveAttribute('data-state', 'done', {
      timeout: recoveryMs,
    })
    await picture(page, 'pitr-whole')
    await expect(dialog.getByRole('status').first()).toContainText(': done', { timeout: recoveryMs })
    await smallPicture(page, 'pitr-whole-small')
    await page.keyboard.press('Escape')
    for (const check of ['back', 'timeline-archived', 'rebuilt', 'backed-up']) await learner.says(check, 'pass', 60_000)
    await expect(host('pg1')).toHaveAttribute('data-role', 'leader')
    await picture(page, 'pitr-back')
    await learner.next()
  })

  await test.step('what can not be reached, and the end', async () => {
    await learner.step("What can't be reached")
    await learner.choose(/Why can a moment before the end/, /^The WAL of then/)
    await learner.diagnosed('The WAL is there')
    await learner.change(/Why can a moment before the end/)
    await learner.choose(/Why can a moment before the end/, /^Until its end/)
    await learner.next()
    await expect(panel.getByRole('heading', { name: 'Point-in-time recovery: finished' })).toBeInViewport()
    await removeLab(page, lab)
    expect(JSON.parse(await dojo.cli('ls', '--json'))).toEqual({ labs: [] })
  })
})
