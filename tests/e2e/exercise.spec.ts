import { guide, removeLab, terminals } from './support/learner.js'
import { picture } from './support/pictures.js'
import { expect, openHome, test } from './support/test.js'

/** A row of `patronictl list`: member, host, role, state, timeline. */
const leaderRow = /\|\s*(\w+)\s*\|[^|]*\|\s*Leader\s*\|\s*running\s*\|\s*(\d+)\s*\|/

test('a learner flies the failover exercise on a real lab', async ({ page, dojo }) => {
  test.setTimeout(600_000)
  await openHome(page, dojo.url)
  const { panel, ...learner } = guide(page)
  const terminal = terminals(page)

  await test.step('one way in, and the lab boots', async () => {
    await picture(page, 'home')
    await page.getByRole('button', { name: /^Fly your first failover, 30 min/ }).click()
    await expect(page.getByRole('heading', { name: 'Booting the lab' })).toBeVisible()
    await picture(page, 'boot', 3_000)
    await expect(page.getByRole('heading', { name: 'Read the cluster' })).toBeVisible({ timeout: 120_000 })
    await terminal.readable()
  })
  const lab = /#\/lab\/([a-z0-9-]+)$/.exec(page.url())![1]!

  const [, leader, timeline] = await test.step('read the cluster, with a wrong answer first', async () => {
    const row = await terminal.type('witness', 'patronictl list', leaderRow)
    await learner.answer(/Which host leads/, 'witness')
    await learner.says('leader-named', 'fail')
    await expect(panel.getByRole('heading', { name: 'The witness leads something else' })).toBeVisible()
    await expect(learner.verdict('leader-named').locator('mark').first()).toBeVisible()
    await picture(page, 'wrong-answer')
    await learner.change(/Which host leads/)
    await learner.answer(/Which host leads/, row[1]!)
    await learner.answer(/On which timeline/, row[2]!)
    await learner.says('leader-named', 'pass')
    await learner.says('timeline-named', 'pass')
    await learner.next()
    return row
  })
  const standby = leader === 'pg1' ? 'pg2' : 'pg1'

  const ttl = await test.step('predict the outage', async () => {
    await learner.step('Predict the outage')
    const config = await terminal.type('witness', 'patronictl show-config | grep ttl', /ttl: (\d+)/)
    await learner.answer(/What is ttl/, config[1]!)
    await learner.answer(/For how many seconds/, config[1]!)
    await learner.says('ttl-read', 'pass')
    await learner.next()
    return Number(config[1])
  })

  await test.step("crash the leader's host", async () => {
    await learner.step("Crash the leader's host")
    await panel.getByRole('button', { name: `Crash ${leader}'s host` }).click()
    await learner.says('crashed', 'pass')
    await learner.says('key-stays', 'pass')
    await learner.says('writes-stop', 'pass', 30_000)
    await picture(page, 'crashed')
    await expect(page.getByRole('button', { name: /1 fault active/ })).toBeVisible()
    await learner.next()
  })

  await test.step('follow the election', async () => {
    await learner.step('Follow the election')
    await learner.says('taken', 'pass', 90_000)
    const row = await terminal.type(standby, 'patronictl list', leaderRow)
    expect(row[1]).toBe(standby)
    expect(Number(row[2])).toBe(Number(timeline) + 1)
    await learner.choose(/could .* take the leader key/, /The lease ran out/)
    await learner.choose(/which order/, /^Lease expired, leader key taken, promotion/)
    await learner.answer(/On which timeline does/, row[2]!)
    await learner.next()
  })

  await test.step('measure what clients saw', async () => {
    await learner.step('Measure what clients saw')
    await learner.says('writes-again', 'pass', 60_000)
    const measured = panel.locator('.readouts div', { hasText: 'Measured outage' }).locator('dd')
    await picture(page, 'measured')
    await expect(measured).toHaveText(/^\d+\.\d s$/)
    const seconds = Number.parseFloat(await measured.innerText())
    expect(seconds).toBeGreaterThan(ttl / 2)
    expect(seconds).toBeLessThan(ttl * 3)
    await learner.answer(/acknowledged writes were lost/, '0')
    await learner.choose(/What kept acknowledged/, /^Synchronous mode/)
    await learner.next()
  })

  await test.step('bring the old leader back', async () => {
    await learner.step('Bring the old leader back')
    await panel.getByRole('button', { name: `Start ${leader}'s host` }).click()
    await learner.says('host-runs', 'pass', 60_000)
    await learner.says('rejoined', 'pass', 120_000)
    await picture(page, 'rejoined')
    const log = 'grep -cE "running pg_rewind" /var/log/patroni/current'
    const [, rewinds] = await terminal.type(leader!, log, /\n(\d+)\s/)
    await learner.choose(/become a standby/, Number(rewinds) > 0 ? /^pg_rewind first/ : /^It streamed on/)
    await learner.says('how-known', 'pass')
    await learner.next()
  })

  await test.step('move the leader on purpose, by typing', async () => {
    await learner.step('Move the leader on purpose')
    await terminal.type(
      'witness',
      `patronictl switchover --leader ${standby} --candidate ${leader} --force`,
      /Successfully switched over/,
      60_000,
    )
    for (const id of ['moved', 'asked-for', 'follows', 'shorter']) await learner.says(id, 'pass', 120_000)
    await picture(page, 'switched')
    await learner.next()
  })

  await test.step('the end, and nothing is left', async () => {
    await expect(panel.getByRole('heading', { name: 'Failover: finished' })).toBeVisible()
    await expect(panel.locator('.summary')).toContainText('Outage of the switchover')
    await picture(page, 'finished')
    await removeLab(page, lab)
    expect(JSON.parse(await dojo.cli('ls', '--json'))).toEqual({ labs: [] })
  })
})
