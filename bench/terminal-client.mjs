// The far end of bench/terminal.ts, in a process of its own as a browser is one: reads a terminal over the WebSocket,
// acknowledges what it has read, and prints what arrived. Arguments: address, terminal, bytes, milliseconds to take
// for each acknowledgement.
import { createHash } from 'node:crypto'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'

const [address, id, wanted, slowMs] = process.argv.slice(2)
const socket = new WebSocket(address)
await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
const client = createORPCClient(new RPCLink({ websocket: socket }))

const hash = createHash('sha256')
const bytes = Number(wanted)
let got = 0
let begun = false
let startedAt = 0
let messages = 0
let told = 0
let expected = null
const output = await client.terminals.watch({ id, from: 0 })
for await (const message of output) {
  if (message.k === 'reset') throw new Error(`output was lost: ${message.why}`)
  if (message.k !== 'data') continue
  if (expected !== null && message.from !== expected) throw new Error(`a hole at ${expected}`)
  expected = message.from + message.bytes
  messages++
  if (!begun && message.data.includes('~$') && startedAt === 0) {
    startedAt = performance.now()
    await client.terminals.write({ id, data: "stty -echo -opost; printf 'BEG''IN'; cat /tmp/flood\r" })
  }
  let { data } = message
  const at = begun ? 0 : data.indexOf('BEGIN')
  if (at >= 0) {
    data = begun ? data : data.slice(at + 5)
    begun = true
    const part = data.slice(0, bytes - got)
    hash.update(part)
    got += part.length
  }
  // as the screen does: in steps of 64 KiB during a flood
  if (expected - told >= 65_536 || got >= bytes || !begun) {
    told = expected
    if (slowMs !== '0') await new Promise((resolve) => setTimeout(resolve, Number(slowMs)))
    void client.terminals.ack({ id, upTo: told })
  }
  if (got >= bytes) break
}
const seconds = (performance.now() - startedAt) / 1000
process.stdout.write(`${JSON.stringify({ got, seconds, messages, sha256: hash.digest('hex') })}\n`)
process.exit(0)
