import { PassThrough } from 'node:stream'
import { createInterface } from 'node:readline'
import type Docker from 'dockerode'
import { services } from '../contract/topology.js'
import { hostContainer } from './hosts.js'
import type { Owner } from './labels.js'

/** A line that a service wrote. The image's log services put `SERVICE: ` in front of every line. */
export interface ServiceLine {
  service: string
  line: string
}

const pattern = new RegExp(String.raw`^(?:\d{4}-\d\d-\d\d_[\d:.]+ )?(${services.join('|')}): (.*)$`, 's')

const split = (text: string): ServiceLine => {
  const [, service = 'host', line = text] = pattern.exec(text) ?? []
  return { service, line }
}

/** The last lines that a host's services wrote, also of a host that no longer runs. Empty when it never ran. */
export async function lastLines(
  docker: Docker,
  owner: Owner,
  host: string,
  { service, lines = 12 }: { service?: string; lines?: number } = {},
): Promise<ServiceLine[]> {
  const container = hostContainer(docker, owner, host)
  try {
    const raw = await container.logs({ follow: false, stdout: true, stderr: true, tail: service ? lines * 20 : lines })
    const all = payloadOf(raw).split('\n').filter(Boolean).map(split)
    return all.filter((entry) => service === undefined || entry.service === service).slice(-lines)
  } catch {
    return []
  }
}

/** The engine puts 8 bytes before each piece: which stream, and in the last four, how long the piece is. */
function payloadOf(raw: Buffer): string {
  const pieces: Buffer[] = []
  for (let at = 0; at + 8 <= raw.length;) {
    const end = at + 8 + raw.readUInt32BE(at + 4)
    pieces.push(raw.subarray(at + 8, end))
    at = end
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** Calls back with every line that a host's services write, from its start on, until the signal or the host's end. */
export async function followLines(
  docker: Docker,
  owner: Owner,
  host: string,
  signal: AbortSignal,
  onLine: (line: ServiceLine) => void,
): Promise<void> {
  const container = hostContainer(docker, owner, host)
  const stream = await container.logs({ follow: true, stdout: true, stderr: true, abortSignal: signal })
  const text = new PassThrough()
  container.modem.demuxStream(stream, text, text)
  stream.on('end', () => text.end())
  stream.on('error', () => text.end())
  createInterface({ input: text }).on('line', (line) => onLine(split(line)))
}
