import { expect, test } from 'vitest'
import { exportedProject } from '../support/exported-project.js'

test(
  'a lab with TLS, taken home with its passwords, does the same, and lets nobody in without TLS',
  {
    timeout: 600_000,
  },
  async () => {
    await using project = await exportedProject('tls')
    const { failoverS, left } = await project.boots()
    expect(failoverS).toBeLessThan(60)
    expect(left).toBe(0)
  },
)
