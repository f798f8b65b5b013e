import { describe, expect, test } from 'vitest'
import { withSettings } from '../../../src-main/lab/settings.js'
import { topologyOf } from './plan-of.js'

const base = topologyOf(undefined, { settings: { postgresql: { shared_buffers: '64MB' } } })
const settingsWith = (...set: string[]) => withSettings(base, set).settings
const whyRefused = (...set: string[]): string => {
  try {
    withSettings(base, set)
  } catch (error) {
    return (error as { said: { why: string } }).said.why
  }
  throw new Error('it was accepted')
}

describe('--set', () => {
  test('reaches every area and leaves the topology as it was', () => {
    const set = [
      'patroni.ttl=30',
      'patroni.synchronous_mode=true',
      'postgresql.max_connections=80',
      'etcd.election_timeout=5000',
    ]
    expect(settingsWith(...set)).toMatchObject({
      patroni: { ttl: 30, synchronous_mode: true, loop_wait: 2 },
      postgresql: { max_connections: 80, shared_buffers: '64MB' },
      etcd: { election_timeout: 5000 },
    })
    expect(base.settings.patroni.ttl).toBe(20)
  })

  test('gives a slow machine more time to boot', () => {
    const { healthy, settings } = withSettings(base, ['healthy.within=180'])
    expect(healthy).toEqual({ ...base.healthy, within: 180 })
    expect(settings).not.toHaveProperty('healthy')
  })

  test('sets what is one word without a key', () => {
    expect(settingsWith('security=tls').security).toBe('tls')
    expect(settingsWith().security).toBe('plain')
  })

  test('takes a value with an equals sign, and one that looks like nothing else', () => {
    const { postgresql } = settingsWith('postgresql.search_path=a=b', 'postgresql.work_mem=8MB')
    expect(postgresql).toMatchObject({ search_path: 'a=b', work_mem: '8MB' })
  })

  test.each([
    ['no form', 'ttl=30', 'AREA.KEY=VALUE'],
    ['no such area', 'patrony.ttl=30', 'there are patroni, postgresql, etcd, backup, cron, security, healthy, size'],
    ['a key where there is none', 'security.mode=tls', '`security=tls` sets it'],
    ['a word that means nothing', 'security=on', '"plain"|"tls"'],
    ['no such setting', 'patroni.tll=30', 'patroni.tll: no such setting; there are ttl, loop_wait'],
    ['below what Patroni takes', 'patroni.ttl=10', 'patroni.ttl'],
    [
      'a part of the topology that is none of its business',
      'healthy.standbys=0',
      'healthy.standbys: no such setting; there are within',
    ],
    ['not a number', 'patroni.ttl=long', 'patroni.ttl'],
    ['an election before five heartbeats', 'etcd.heartbeat_interval=300', '5 * 300 = 1500 ms'],
    ['a schedule of four fields', 'backup.full_at=0 3 * *', 'backup.full_at: 5 fields with one space between them'],
    ['a minute that no hour has', 'backup.incr_at=60 * * * *', 'backup.incr_at: minute "60": 0 to 59'],
    ['steps from nowhere', 'backup.incr_at=5/10 * * * *', 'steps go with * or a range'],
    ['a range that ends before it begins', 'backup.diff_at=0 5-3 * * *', 'hour "5-3": it ends before it begins'],
    ['a second line', 'backup.diff_at=0 5 * * *\nroot', 'day of the week "*\nroot": a number'],
    ['a number', 'backup.diff_at=5', 'backup.diff_at: five fields of cron'],
    ['nothing', 'backup.diff_at=', 'minute, hour, day of the month, month, day of the week'],
    ['a sum above ttl', 'patroni.loop_wait=10', '10 + 2 * 8 = 26, and may not exceed ttl (20)'],
  ])('refuses %s and says what is right', (_, set, words) => expect(whyRefused(set)).toContain(words))

  test('names all that is wrong at once', () => {
    expect(whyRefused('patroni.ttl=1', 'nonsense').split('; ').length).toBeGreaterThan(1)
  })

  test.each(['0 3 * * 0', '*/5 * * * *', '0,30 8-18/2 1-7 jan mon', '59 23 31 12 7'])(
    'takes "%s" as cron does, and has cron keep it where backups are',
    (at) => {
      const { settings, hosts } = withSettings(base, [`backup.full_at=${at}`])
      expect(settings.backup.full_at).toBe(at)
      const having = Object.entries(hosts).filter(([, { services }]) => services.includes('cron'))
      expect(having.map(([host]) => host)).toEqual(['backup'])
      expect(withSettings(base, []).hosts).toEqual(base.hosts)
    },
  )

  test('refuses a schedule that nobody would keep', () => {
    const { backup: _, ...hosts } = base.hosts
    expect(() => withSettings(topologyOf(hosts), ['backup.full_at=0 3 * * 0'])).toThrow(
      'backup.full_at: no host of pair keeps backups',
    )
  })

  test('judges the sum rule on the result, whatever the order', () => {
    expect(settingsWith('patroni.loop_wait=10', 'patroni.ttl=30')).toMatchObject({ patroni: { ttl: 30 } })
  })
})
