import { expect, test } from 'vitest'
import { oldOf } from '../../../src-main/docker/image-prune.js'

const image = (Id: string, ...RepoTags: string[]) => ({ Id, RepoTags, Size: 385 })
const needed = 'pg-ha-dojo/host:222222222222'
const old = 'pg-ha-dojo/host:111111111111'

test('older host images are pruned, and so are the layers of their builds', () => {
  const images = [
    image('a', old),
    image('b', needed),
    image('c', '<none>:<none>'),
    { ...image('d'), RepoTags: undefined },
  ]
  expect(oldOf(images, [], needed)).toEqual([
    { names: [old], bytes: 385 },
    { names: ['c'], bytes: 385 },
    { names: ['d'], bytes: 385 },
  ])
})

test('what a container uses is kept, and so is what somebody gave another name', () => {
  expect(oldOf([image('a', old)], [{ ImageID: 'a' }], needed)).toEqual([])
  expect(oldOf([image('a', old, 'class/monday:1')], [], needed)).toEqual([])
})
