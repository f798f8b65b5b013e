import { guide, pictures, removeLab, startExercise, terminals } from './support/learner.js'
import { picture, smallPicture } from './support/pictures.js'
import { expect, openHome, test } from './support/test.js'

/** A row of `patronictl list`: member, host, role, state, timeline. */
const leaderRow = /\|\s*(\w+)\s*\|[^|]*\|\s*Leader\s*\|\s*running\s*\|\s*(\d+)\s*\|/
const hosts = ['pg1', 'pg2', 'pg3']
/** From a crash until another host leads, and from a start until it streams, on a busy machine. */
const failoverMs = 120_000
const rejoinMs = 180_000

// what can't be pressed says so, long before the test's own limit
test.use({ actionTimeout: 45_000 })

test('a learner plays the rejoin exercise on a real lab', async ({ page, dojo }) => {
  test.setTimeout(840_000)
  await openHome(page, dojo.url)
  const { panel, ...learner } = guide(page)
  const terminal = terminals(page)
  const { topology, host, fork, story } = pictures(page)
  const lab = await startExercise(page, 'Rejoin', 'Read the cluster')
  await terminal.readable()

  const [oldLeader, second] = await test.step('read the cluster, and make a journal', async () => {
    const leader = (await terminal.type('pg1', 'patronictl list', leaderRow))[1]!
    const standbys = hosts.filter((name) => name !== leader)
    await learner.answer(/Which host leads/, standbys[1]!)
    await learner.diagnosed('That is a standby')
    await learner.change(/Which host leads/)
    await learner.answer(/Which host leads/, leader)
    await learner.says('leader-named', 'pass')
    await learner.choose(/What does a commit wait for/, /one of its standbys/)
    await learner.diagnosed('No standby is waited for')
    await learner.change(/What does a commit wait for/)
    await learner.choose(/What does a commit wait for/, /^Only for the WAL/)
    const table = 'create table journal (note text primary key, at timestamptz default now());'
    await terminal.type('psql', table, /\nCREATE TABLE/)
    await terminal.type('psql', "insert into journal values ('before');", /\nINSERT 0 1/)
    await learner.says('journal', 'pass')
    await learner.next()
    return [leader, ...standbys]
  })

  await test.step('let two histories part, after writing too early', async () => {
    await learner.step('Let two histories part')
    const cut = `Cut the replication of ${oldLeader}`
    await terminal.type('psql', "insert into journal values ('only here');", /\nINSERT 0 1/)
    await learner.press(cut)
    await learner.diagnosed('The row has arrived everywhere')
    await learner.reset()
    await learner.press(cut)
    await expect(topology.locator('[data-link="stream"][data-state="cut"]')).toHaveCount(2)
    await expect(topology.locator('[data-quorum="3 of 3"]')).toBeVisible()
    await terminal.type('psql', "insert into journal values ('only here');", /\nINSERT 0 1/)
    await learner.says('only-here', 'pass')
    await learner.choose(/What becomes of the row/, /^It is gone/)
    await picture(page, 'rejoin-cut')
    await learner.press(`Crash ${oldLeader}'s host`)
    await learner.says('crashed', 'pass')
    await learner.next()
  })

  const timeline = await test.step('count what was lost', async () => {
    await learner.step('Count what was lost')
    await learner.answer(/Which host leads now/, oldLeader!)
    await learner.diagnosed('That host is down')
    await learner.says('taken', 'pass', failoverMs)
    const row = await terminal.type(second!, 'patronictl list', leaderRow)
    await learner.change(/Which host leads now/)
    await learner.answer(/Which host leads now/, row[1]!)
    await learner.says('leader-named', 'pass')
    await learner.answer(/How many acknowledged writes/, '0')
    await learner.diagnosed('Acknowledged does not mean kept', 60_000)
    const lost = await learner.figure('Acknowledged, and not there now')
    expect(lost).toBeGreaterThan(0)
    await learner.change(/How many acknowledged writes/)
    await learner.answer(/How many acknowledged writes/, String(lost))
    await learner.answer(/For how many seconds will/, '12')
    await expect(panel).toContainText(`${lost} acknowledged writes of the probe are missing there`)
    // the tree: what the crashed host has past the fork, nobody knows yet
    await expect(fork).toHaveAttribute(
      'data-explain',
      new RegExp(`${row[2]} is the newest, on ${row[1]}; ${oldLeader} was last on .* not known`),
    )
    await picture(page, 'rejoin-lost')
    await smallPicture(page, 'rejoin-lost-small')
    await story(`${oldLeader} crashed`, async (incident) => {
      await expect(incident).toContainText(`${row[1]} was promoted to timeline ${row[2]}`)
      await expect(incident).toContainText(`Still so: crash ${oldLeader} is active`)
      await picture(page, 'rejoin-story')
    })
    await learner.next()
    return Number(row[2])
  })

  await test.step('bring the old leader back by pg_rewind', async () => {
    await learner.step('Bring the old leader back')
    await learner.press(`Start ${oldLeader}'s host`, 90_000)
    await learner.says('rejoined', 'pass', rejoinMs)
    await learner.says('rewound', 'pass')
    await learner.says('row-gone', 'pass')
    const log = "grep -hoE 'location [0-9A-F/]+ on timeline [0-9]+' /var/log/patroni/* | tail -n 1"
    const parted = (await terminal.type(oldLeader!, log, /\nlocation \S+ on timeline (\d+)/))[1]!
    await learner.answer(/On which timeline did the servers diverge/, String(timeline))
    await learner.diagnosed('That timeline begins at the fork')
    await learner.change(/On which timeline did the servers diverge/)
    await learner.answer(/On which timeline did the servers diverge/, parted)
    await learner.says('fork-found', 'pass')
    await expect(panel).toContainText(`${oldLeader} came back by pg_rewind, and streamed`)
    await expect(fork).toHaveAttribute('data-explain', /every host follows it/)
    await picture(page, 'rejoin-rewound')
    await learner.next()
  })

  await test.step('beyond rewind: a restart does not help, a reinit does', async () => {
    await learner.step('Beyond rewind')
    const lose = panel.getByRole('button', { name: /^Lose files of pg\d$/ })
    const label = await lose.innerText()
    const broken = /pg\d/.exec(label)![0]
    await learner.choose(/What brings it back/, /^A copy of everything/)
    await learner.press(label.trim())
    await learner.says('damaged', 'pass', 60_000)
    await dojo.cli('fault', lab, 'stop', broken)
    await dojo.cli('fault', lab, 'start', broken)
    await learner.diagnosed('Started again, and as broken as before', 60_000)
    await picture(page, 'rejoin-broken')
    const intact = hosts.find((name) => name !== broken)!
    const reinit = `until echo y | patronictl reinit trio-haproxy ${broken} | grep Success; do sleep 1; done`
    await terminal.type(intact, reinit, /Success: reinitialize/, 60_000)
    await learner.says('rebuilt', 'pass', rejoinMs)
    await learner.choose(/Why can pg_rewind not help/, /^It has to read the control file/)
    await learner.says('undisturbed', 'pass')
    await picture(page, 'rejoin-rebuilt')
    await learner.next()
  })

  await test.step('nothing streams: find out why, and mend it', async () => {
    await learner.step('Nothing streams')
    const leader = (await topology.locator('[data-role="leader"]').getAttribute('data-host'))!
    await learner.press(`Let somebody work on ${leader}`)
    await learner.says('refused', 'pass', 60_000)
    await learner.choose(/What keeps the standbys from streaming/, /^The network/)
    await learner.diagnosed('They do reach it')
    await picture(page, 'rejoin-refused')
    const log = 'grep -o "has an expired password" /var/log/postgresql/postgresql.log | tail -n 1'
    await terminal.type(leader, log, /\nhas an expired password/)
    await learner.change(/What keeps the standbys from streaming/)
    await learner.choose(/What keeps the standbys from streaming/, /^The password/)
    await learner.says('cause-known', 'pass')
    await terminal.type(leader, `psql -c "alter role replicator valid until 'infinity'"`, /\nALTER ROLE/)
    await learner.says('mended', 'pass', 60_000)
    await learner.says('undisturbed', 'pass')
    await expect(host(leader)).toHaveAttribute('data-role', 'leader')
    await learner.next()
  })

  await test.step('the end, and nothing is left', async () => {
    await expect(panel.getByRole('heading', { name: 'Rejoin: finished' })).toBeInViewport()
    await expect(panel.locator('.summary div', { hasText: 'came back by' }).locator('dd')).toHaveText('pg_rewind')
    await picture(page, 'rejoin-finished')
    await removeLab(page, lab)
    expect(JSON.parse(await dojo.cli('ls', '--json'))).toEqual({ labs: [] })
  })
})
