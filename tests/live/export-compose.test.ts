import { expect, test } from 'vitest'
import { exportedProject } from '../support/exported-project.js'

test(
  'plain compose boots it with a synchronous standby; the loss of the leader costs no acknowledged write',
  { timeout: 600_000 },
  async () => {
    await using project = await exportedProject('none')
    expect(await project.boots()).toBeLessThan(60)
  },
)
