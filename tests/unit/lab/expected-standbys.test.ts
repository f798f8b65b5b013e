import { expect, test } from 'vitest'
import { withSettings } from '../../../src-main/lab/settings.js'
import { loadTopology } from '../../../src-main/lab/topology-file.js'
import { expectedStandbys } from '../../../src-main/lab/watch-boot.js'

const expected = async (topology: string, mode: boolean) => {
  const spec = withSettings(await loadTopology(topology), [`patroni.synchronous_mode=${mode}`])
  return expectedStandbys({ spec, settings: spec.settings })
}

test('in synchronous mode a lab is healthy once there is a synchronous standby, whatever its topology is by default', async () => {
  expect(await expected('trio-haproxy', true)).toEqual({ streaming: 2, synchronous: 1 })
  expect(await expected('trio-haproxy', false)).toEqual({ streaming: 2, synchronous: 0 })
  expect(await expected('pair-witness', true)).toEqual({ streaming: 1, synchronous: 1 })
  expect(await expected('pair-witness', false)).toEqual({ streaming: 1, synchronous: 0 })
})
