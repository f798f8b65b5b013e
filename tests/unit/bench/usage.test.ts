import { expect, test } from 'vitest'
import { percentByName, timesIn } from '../../../bench/idle/usage.js'

const stat = '812 (postgres: main: a) b) S 1 812 812 0 -1 4194560 900 0 0 0 150 50 7 9 20 0 1 0 1234 99 88'

test('a line of /proc/PID/stat: user and system time, of itself alone, whatever its name holds', () => {
  expect(timesIn(stat, 100)).toEqual({ pid: 812, name: 'postgres: main: a) b', seconds: 2 })
})

test('processes of one name are told together, the dearest first, and what took next to nothing is left out', () => {
  const one = (pid: number, name: string, seconds: number) => ({ pid, name, seconds })
  const before = [one(1, 'init', 5), one(2, 'etcd', 10), one(3, 'postgres', 1), one(4, 'postgres', 1)]
  const after = [one(1, 'init', 5.01), one(2, 'etcd', 10.6), one(3, 'postgres', 1.1), one(4, 'postgres', 1.2)]
  expect(percentByName(before, after, 60).map(([name, percent]) => [name, percent.toFixed(2)])).toEqual([
    ['etcd', '1.00'],
    ['postgres', '0.50'],
  ])
})

test('a process that began meanwhile counts whole, also with the number of one that ended', () => {
  const before = [{ pid: 7, name: 'etcd', seconds: 100 }]
  const after = [{ pid: 7, name: 'pgbackrest', seconds: 0.6 }]
  expect(percentByName(before, after, 60)).toEqual([['pgbackrest', 1]])
})
