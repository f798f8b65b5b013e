import { z } from 'zod'

/** A lab's name becomes part of container names and host names in URLs. */
export const labName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a lower-case letter, then up to 30 lower-case letters, digits or hyphens')
  .describe('Name of a lab, for example pw-1')

export const hostName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a lower-case letter, then up to 30 lower-case letters, digits or hyphens')
  .describe('Name of a host, for example pg1')

export const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,60}$/, 'a lower-case letter, then lower-case letters, digits or hyphens')

/** Milliseconds since 1970 on the app's clock. */
export const epochMs = z.number()
