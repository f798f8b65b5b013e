import { finished } from 'node:stream/promises'
import type Docker from 'dockerode'
import { collect } from './exec.js'

/** Starts a container that was made and resolves when its program has ended, with all that it said. Removes nothing. */
export async function runToEnd(container: Docker.Container): Promise<{ code: number; stdout: string; stderr: string }> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true })
  const [stdout, stderr] = [collect(), collect()]
  container.modem.demuxStream(stream, stdout.sink, stderr.sink)
  const said = finished(stream, { writable: false })
  await container.start()
  await said
  const { StatusCode: code } = (await container.wait()) as { StatusCode: number }
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}
