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

export const jsonOption = ['--json', 'print one JSON object, and nothing else'] as const
