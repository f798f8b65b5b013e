import { CommanderError } from 'commander'
import { exitCodeFor, sayError, type WireError } from '../api/errors.js'
import { DojoError } from '../contract/errors.js'
import type { Io } from './io.js'

/** Thrown when everything has been said, and only the exit code is left. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`)
  }
}

export const wrongUsage = (what: string, why: string, next: string): DojoError =>
  new DojoError('usage', { what, why, next })

/** Commander's sentence as ours: `error: unknown option '--jsn'\n(Did you mean --json?)`. */
function usageError(error: CommanderError, verb: string): WireError {
  const [first = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n')
  const meant = /Did you mean (.+)\?/.exec(suggestion)?.[1]
  const known = verb && error.code !== 'commander.unknownCommand'
  const help = `See \`dojo ${known ? `${verb} ` : ''}--help\``
  // a group such as `dojo exercise`, without one of its verbs
  if (error.code === 'commander.help') {
    return { code: 'usage', what: `\`dojo ${verb}\` alone does nothing`, why: 'it wants a verb', next: help }
  }
  return {
    code: 'usage',
    what: 'The command was not understood',
    why: first.replace(/\.$/, ''),
    next: meant ? `Did you mean ${meant}? ${help}` : help,
  }
}

/** Says an error, as three lines or as one object, and gives the exit code that it stands for. */
export function report(error: unknown, io: Io, { json, verb = '' }: { json: boolean; verb?: string }): number {
  if (error instanceof Exit) return error.code
  if (error instanceof CommanderError && error.exitCode === 0) return 0
  const said = error instanceof CommanderError ? usageError(error, verb) : sayError(error)
  if (json) io.out(`${JSON.stringify({ error: said }, null, 2)}\n`)
  else io.err(`error  ${lines(said.what)}\nwhy    ${lines(said.why)}\nnext   ${lines(said.next)}\n`)
  return exitCodeFor(said)
}

const lines = (text: string): string => text.replaceAll('\n', '\n       ')
