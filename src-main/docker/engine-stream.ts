import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** One message of a build, pull, import or load, as the engine sends it. */
export interface EngineMessage {
  stream?: string
  status?: string
  id?: string
  progress?: string
  error?: string
  errorDetail?: { message?: string }
}

/** Reads an engine's stream of JSON lines to its end. Rejects with the engine's words when a message is an error. */
export async function followEngine(
  stream: NodeJS.ReadableStream,
  onMessage: (message: EngineMessage) => void = () => {},
): Promise<void> {
  // readline drops the stream's own errors (a broken connection, an abort): they must end the loop
  const broken = new Promise<never>((_, reject) => stream.once('error', reject))
  const read = async (): Promise<void> => {
    for await (const line of createInterface({ input: stream as Readable, crlfDelay: Infinity })) {
      if (!line.trim()) continue
      const message = JSON.parse(line) as EngineMessage
      const failure = message.error ?? message.errorDetail?.message
      if (failure) throw new Error(failure.trim())
      onMessage(message)
    }
  }
  await Promise.race([read(), broken])
}
