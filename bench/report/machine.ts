import { cpus, release, totalmem, type } from 'node:os'
import { connectEngine } from '../../src-main/docker/engine.js'

/** What figures were measured on: without it nobody can compare them with theirs. */
export interface Machine {
  cores: number
  processor: string
  memoryGib: number
  kernel: string
  engine: string
  node: string
}

export async function thisMachine(): Promise<Machine> {
  const { from, version } = await connectEngine()
  const all = cpus()
  return {
    cores: all.length,
    processor: all[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    engine: `${from} ${version}`,
    node: process.version,
  }
}

export const machineInWords = ({ cores, processor, memoryGib, kernel, engine, node }: Machine): string =>
  `${cores} cores (${processor}), ${memoryGib} GiB, ${kernel}, ${engine}, Node ${node.slice(1)}`
