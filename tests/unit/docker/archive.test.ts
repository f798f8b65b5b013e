import { extract } from 'tar-stream'
import { expect, test } from 'vitest'
import { archiveOf, uidOf } from '../../../src-main/docker/archive.js'
import { readFileSync } from 'node:fs'

test('files arrive with their place, owner and mode', async () => {
  const mtime = new Date(1_700_000_000_000)
  const archive = await archiveOf(
    [
      { path: '/etc/patroni/patroni.yml', content: 'name: pg1\n', owner: 'postgres', mode: 0o600 },
      { path: '/etc/haproxy/haproxy.cfg', content: 'ä\n', owner: 'root', mode: 0o644 },
    ],
    mtime,
  )
  const seen: unknown[] = []
  const reading = extract()
  reading.end(archive)
  for await (const entry of reading) {
    const { name, mode, uid, gid } = entry.header
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    seen.push({ name, mode, uid, gid, text: Buffer.concat(chunks).toString() })
  }
  expect(seen).toEqual([
    { name: 'etc/patroni/patroni.yml', mode: 0o600, uid: 800, gid: 800, text: 'name: pg1\n' },
    { name: 'etc/haproxy/haproxy.cfg', mode: 0o644, uid: 0, gid: 0, text: 'ä\n' },
  ])
})

test('the numbers of users are those that the image gives them', () => {
  const recipe = readFileSync(new URL('../../../docker/Dockerfile', import.meta.url), 'utf8')
  const made = [...recipe.matchAll(/useradd --system --uid (\d+) --gid (\d+) .* (\w+)(?: \\|\n)/g)]
  const numbers = made.map(([, uid, gid, user]) => [user, Number(uid), Number(gid)])
  expect(numbers).toEqual(Object.entries(uidOf).flatMap(([user, uid]) => (uid === 0 ? [] : [[user, uid, uid]])))
})
