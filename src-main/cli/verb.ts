import type { Command } from 'commander'
import type { Io } from './io.js'

/** What the file of a verb gets. */
export interface Cli {
  io: Io
  /** Arguments after `--`; null when there was none. */
  rest: readonly string[] | null
  /** One plain object on standard output, nothing else. */
  json(value: unknown): void
}

/** Adds a verb to the program; each file in cli/ holds one. */
export type Verb = (program: Command, cli: Cli) => void

/** Of labs that keep backups in more than one place. */
export const repositoryOption = [
  '--repository <host>',
  'the host that keeps the backups that are meant; default: the first',
] as const

export const jsonOption = ['--json', 'print one JSON object, and nothing else'] as const
