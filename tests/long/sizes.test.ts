import { expect, test } from 'vitest'
import { startLab } from '../support/lab.js'
import { askAsSuperuser } from '../support/lab-sql.js'

test('five data hosts and three etcd members come up when they are asked for, and all of them take part', async () => {
  await using lab = await startLab('trio', { set: ['size.patroni=5', 'size.etcd=3'] })
  expect(lab.info.hosts.map(({ name }) => name)).toEqual([
    ...[1, 2, 3, 4, 5].map((n) => `patroni${n}`),
    ...[1, 2, 3].map((n) => `etcd${n}`),
  ])
  expect(lab.info.client.readWrite.others).toHaveLength(4)
  const [standbys] = await askAsSuperuser<{ n: number }>(
    lab.handle,
    `select count(*)::int as n from pg_stat_replication where state = 'streaming'`,
  )
  expect(standbys).toEqual({ n: 4 })
  const members = await lab.handle.exec('etcd1', ['etcdctl', 'endpoint', 'health', '--cluster', '--write-out=json'])
  expect((JSON.parse(members.stdout) as { health: boolean }[]).map(({ health }) => health)).toEqual([true, true, true])
})
