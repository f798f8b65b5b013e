import { guide, healAll, pictures, removeLab, startExercise, terminals } from './support/learner.js'
import { picture, smallPicture } from './support/pictures.js'
import { expect, openHome, test } from './support/test.js'

/** Rows of `patronictl list`: member, host, role, state. */
const leaderRow = /\|\s*(\w+)\s*\|[^|]*\|\s*Leader\s*\|\s*running\s*\|/
const syncRow = /\|\s*(\w+)\s*\|[^|]*\|\s*Sync Standby\s*\|\s*streaming\s*\|/
/** From a cut until the other side leads, and from healing until all is whole, on a busy machine. */
const failoverMs = 120_000
const rejoinMs = 180_000

const whoIs = `psql -Atc "select case when pg_is_in_recovery() then 'reads' else 'writes' end"`

// what can't be pressed says so, long before the test's own limit
test.use({ actionTimeout: 45_000 })

test('a learner plays the partition exercise on a real lab', async ({ page, dojo }) => {
  test.setTimeout(840_000)
  await openHome(page, dojo.url)
  const { panel, ...learner } = guide(page)
  const terminal = terminals(page)
  const { topology, host, fork, story } = pictures(page)
  const lab = await startExercise(page, 'Partition', 'Count the votes')
  await terminal.readable()

  const [first, second] = await test.step('count the votes, with a wrong number first', async () => {
    await learner.answer(/How many of the three/, '3')
    await learner.diagnosed('All of them would be too many')
    await learner.says('majority-known', 'fail')
    await learner.change(/How many of the three/)
    await learner.answer(/How many of the three/, '2')
    await learner.says('majority-known', 'pass')
    const list = 'patronictl list'
    const leader = (await terminal.type('witness', list, leaderRow))[1]!
    const standby = (await terminal.type('witness', list, syncRow))[1]!
    await learner.answer(/Which host may lead after it/, standby)
    await learner.next()
    return [leader, standby]
  })

  await test.step('cut off the wrong host, reset, and cut off the leader', async () => {
    await learner.step('Cut off the leader')
    const who = /Who accepts writes a minute later/
    await learner.choose(who, /^Both/)
    await dojo.cli('fault', lab, 'partition', second!)
    await learner.diagnosed('That was not the leader')
    await picture(page, 'partition-wrong-host')
    await learner.reset()
    await learner.choose(who, new RegExp(`^Only ${second}`))
    await terminal.type(first!, whoIs, /\nwrites\s/)
    await learner.press(`Isolate ${first}`)
    await learner.says('isolated', 'pass')
    await expect(topology.locator('[data-link="stream"]').first()).toHaveAttribute('data-state', 'cut')
    await expect(topology.locator('[data-faults]')).toContainText(/partition/i)
    // its member of etcd answers us, and has no vote to give
    await expect(topology.locator('[data-quorum="2 of 3"]')).toBeVisible({ timeout: 30_000 })
    await picture(page, 'partition-cut')
    await learner.says('stops', 'pass', failoverMs)
    await learner.says('taken', 'pass', failoverMs)
    await learner.says('no-overlap', 'pass')
    await expect(host(second!)).toHaveAttribute('data-role', 'leader')
    // the tree: the isolated host stays behind where the new timeline began
    await expect(fork).toHaveAttribute('data-explain', new RegExp(`2 is the newest, on ${second}; ${first} `))
    await expect(fork.locator('[data-left]')).toHaveCount(1)
    await picture(page, 'partition-taken')
    await smallPicture(page, 'partition-taken-small')
    await learner.next()
  })

  await test.step('read both sides, and heal', async () => {
    await learner.step('Read both sides, then heal')
    await learner.choose(/What came first/, new RegExp(`^${second} was promoted`))
    await learner.diagnosed('Then there would have been two primaries')
    await learner.change(/What came first/)
    await learner.choose(/What came first/, new RegExp(`^${first} stopped`))
    await learner.says('first-known', 'pass')
    const limits = 'patronictl show-config | grep -E "^(ttl|retry_timeout)"'
    const ttl = (await terminal.type(second!, limits, /\nttl: (\d+)/))[1]!
    const retry = (await terminal.type(second!, limits, /\nretry_timeout: (\d+)/))[1]!
    await learner.answer(/For how many seconds/, ttl)
    await learner.diagnosed("That is the other side's clock")
    await learner.change(/For how many seconds/)
    await learner.answer(/For how many seconds/, retry)
    await learner.diagnosed(`${first} is still cut off`)
    // the side without a majority still tells the old story, to whoever asks it alone
    const key = `etcdctl get --consistency=s --print-value-only /service/pair-witness/leader`
    await terminal.type(first!, `ETCDCTL_ENDPOINTS=http://${first}:2379 ${key}`, new RegExp(`\\n${first}\\s`))
    await terminal.type('witness', key, new RegExp(`\\n${second}\\s`))
    await picture(page, 'partition-both-sides')
    await healAll(page)
    await learner.says('rejoined', 'pass', rejoinMs)
    await learner.says('none-lost', 'pass', 60_000)
    await expect(panel).toContainText(/Clients waited for \d+\.\d s/)
    await expect(fork.locator('[data-left]')).toHaveCount(0)
    await story(`Cut ${first} off`, async (incident) => {
      await expect(incident).toContainText(`${second} was promoted to timeline 2`)
      await expect(incident).toContainText('until the lease ran out')
      await picture(page, 'partition-story')
    })
    await learner.next()
  })

  await test.step('cut off the standby', async () => {
    await learner.step('Cut off the standby')
    await learner.choose(/What do clients of/, /^Writes stop for some seconds/)
    await learner.press(`Isolate ${first}`)
    await learner.says('writes-again', 'pass', failoverMs)
    await expect(host(second!)).toHaveAttribute('data-role', 'leader')
    await picture(page, 'partition-standby')
    await healAll(page)
    await learner.says('back', 'pass', rejoinMs)
    await learner.next()
  })

  await test.step('take the witness away, then everybody from everybody', async () => {
    await learner.step('Take the witness away')
    await learner.choose(/^The witness is cut off/, new RegExp(`^${second}, as before`))
    await learner.choose(/lose each other as well/, /^Nobody/)
    await learner.press('Isolate the witness')
    // where the witness led etcd, the two that are left elect first: over connections that may still recover from the cut before
    await learner.says('unmoved', 'pass', failoverMs)
    await learner.press(`Cut ${second} from ${first} as well`)
    await learner.says('nobody', 'pass', failoverMs)
    await expect(topology).toContainText('no quorum', { timeout: 30_000 })
    await picture(page, 'partition-nobody')
    await healAll(page)
    await learner.says('whole', 'pass', rejoinMs)
    await learner.next()
  })

  /** Who is cut from whom, in the words of the step's button: a reset may find the roles changed. */
  const cutFrom = async () => {
    const button = panel.getByRole('button', { name: /^Cut pg\d from pg\d, witness and backup$/ })
    const label = (await button.innerText()).trim()
    return { label, leader: /pg\d/.exec(label)![0] }
  }

  const source = await test.step('without synchronous mode; first forgetting to switch it off', async () => {
    await learner.step('Without synchronous mode')
    await learner.answer(/How many acknowledged writes will be lost/, '0')
    await learner.press((await cutFrom()).label)
    await learner.diagnosed('Still synchronous')
    await learner.reset()
    await learner.answer(/How many acknowledged writes will be lost/, '300')
    const off = 'patronictl edit-config --force -s synchronous_mode=off'
    await terminal.type('witness', off, /Configuration changed/)
    await learner.says('switched-off', 'pass', 60_000)
    const { label, leader } = await cutFrom()
    await learner.press(label)
    await learner.says('cut', 'pass', 60_000)
    await learner.says('taken', 'pass', failoverMs)
    await learner.says('lossy', 'pass', 60_000)
    await picture(page, 'partition-async')
    await learner.next()
    return leader
  })

  await test.step('count what is gone, and see it go', async () => {
    await learner.step('Count what is gone')
    await learner.answer(/How many acknowledged writes did this cut lose/, '0')
    await learner.diagnosed('Acknowledged, and gone')
    const before = await learner.figure('Missing before this cut')
    let missing = 0
    const count = async () => (missing = await learner.figure('Of these, missing now'))
    await expect.poll(count, { timeout: 60_000 }).toBeGreaterThan(before)
    await learner.change(/How many acknowledged writes did this cut lose/)
    await learner.answer(/How many acknowledged writes did this cut lose/, String(missing - before))
    await learner.says('counted', 'pass')
    await learner.choose(/What becomes of them/, /^They stream to/)
    await learner.diagnosed('Two histories do not merge')
    await picture(page, 'partition-count')
    await healAll(page)
    await learner.says('rejoined', 'pass', rejoinMs)
    await terminal.type(source, 'grep -hcE "running pg_rewind" /var/log/patroni/current', /\n[1-9]\d*\s/)
    await learner.change(/What becomes of them/)
    await learner.choose(/What becomes of them/, /^pg_rewind takes them back/)
    await learner.says('fate-known', 'pass')
    await expect(panel).toContainText(`${missing - before} acknowledged writes are gone from everywhere`)
    await learner.next()
  })

  await test.step('the same cut, synchronous', async () => {
    await learner.step('The same cut, synchronous')
    await learner.choose(/What will be different for clients/, /the outage is longer$/)
    const on = 'patronictl edit-config --force -s synchronous_mode=on'
    await terminal.type('witness', on, /Configuration changed/)
    await learner.says('switched-on', 'pass', 60_000)
    await learner.press((await cutFrom()).label)
    await learner.says('taken', 'pass', failoverMs)
    await learner.says('none-lost', 'pass', 60_000)
    await healAll(page)
    await learner.says('safe-again', 'pass', rejoinMs)
    await picture(page, 'partition-again')
    await learner.next()
  })

  await test.step('the end, and nothing is left', async () => {
    await expect(panel.getByRole('heading', { name: 'Partition: finished' })).toBeInViewport()
    const figure = (label: string) => panel.locator('.summary div', { hasText: label }).locator('dd')
    await expect(figure('Lost, synchronous')).toHaveText(/^0\b/)
    await expect(figure('Lost, asynchronous')).toHaveText(/^[1-9]/)
    await picture(page, 'partition-finished')
    await removeLab(page, lab)
    expect(JSON.parse(await dojo.cli('ls', '--json'))).toEqual({ labs: [] })
  })
})
