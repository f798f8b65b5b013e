import type { Verb } from './verb.js'

export const prove: Verb = () => undefined
