import { expect, test } from 'vitest'
import { exportedProject } from '../support/exported-project.js'

test(
  'plain compose boots it with a synchronous standby; the loss of the leader costs no acknowledged write',
  { timeout: 600_000 },
  async () => {
    await using project = await exportedProject('plain')
    const { failoverS, left } = await project.boots()
    expect(failoverS).toBeLessThan(60)
    expect(left).toBe(0)
  },
)
