import type { LabHost } from '../contract/lab.js'
import type { FaultTarget } from './fault.js'

/** TCP's discard: measured traffic goes there, so that no service of the lab sees it. Rules for services name it too. */
export const measurePort = 9

type Exec = Pick<FaultTarget, 'execOn'>

async function python({ execOn }: Exec, host: string, program: string, args: readonly (string | number)[]) {
  const argv = ['python3', '-c', program, ...args.map(String)]
  const { code, stdout, stderr } = await execOn(host, argv, { timeoutMs: 15_000 })
  if (code !== 0) throw new Error(`measuring on ${host}: ${stderr.trim().split('\n').at(-1) ?? `code ${code}`}`)
  return JSON.parse(stdout) as number[]
}

// nobody listens there, so the answer to a SYN is a refusal: a round trip that costs no service anything
const knock = `
import json, select, socket, sys, time
within, each, port, hosts = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
poll, began, took = select.poll(), {}, []
for host in hosts * each:
    s = socket.socket()
    s.setblocking(False)
    at = time.monotonic()
    try:
        s.connect_ex((host, port))
    except OSError:
        pass
    began[s.fileno()] = (s, at)
    poll.register(s, select.POLLOUT)
until = time.monotonic() + within
while len(took) < len(began) and (left := until - time.monotonic()) > 0:
    for fd, _ in poll.poll(left * 1000):
        took.append((time.monotonic() - began[fd][1]) * 1000)
        poll.unregister(fd)
print(json.dumps(took))
`

export interface Knocks {
  tried: number
  /** Without an answer in the time. A lost SYN is sent again after one second, and later ones after more. */
  late: number
  /** Median of the round trips that came in time, in ms; null when none did. */
  medianMs: number | null
}

/** Tries connections from a host to others, all at once, and waits so long for their answers. */
export async function knocks(
  context: Exec,
  from: string,
  to: readonly LabHost[],
  { each, withinMs }: { each: number; withinMs: number },
): Promise<Knocks> {
  const addresses = to.map(({ address }) => address)
  const took = await python(context, from, knock, [withinMs / 1000, each, measurePort, ...addresses])
  const tried = each * to.length
  const sorted = took.toSorted((a, b) => a - b)
  return { tried, late: tried - took.length, medianMs: sorted[Math.floor(sorted.length / 2)] ?? null }
}

const receive = `
import json, socket, sys, time
limit, within, port = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
s = socket.create_server(('', port))
s.settimeout(within)
c, _ = s.accept()
c.settimeout(0.1)
began, got = time.monotonic(), 0
while got < limit and time.monotonic() - began < within:
    try:
        data = c.recv(1 << 18)
    except TimeoutError:
        continue
    if not data:
        break
    got += len(data)
print(json.dumps([got, time.monotonic() - began]))
`
const send = `
import socket, sys, time
host, limit, within, port = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
until, left = time.monotonic() + within, limit
while time.monotonic() < until:
    try:
        c = socket.create_connection((host, port), 2)
        break
    except OSError:
        time.sleep(0.02)
c.settimeout(0.2)
while left > 0 and time.monotonic() < until:
    try:
        left -= c.send(b'x' * min(left, 1 << 16))
    except TimeoutError:
        pass
    except OSError:
        break
print('[]')
`
const transferS = 3

/**
 * Sends from one host to another for 3 s, or until `kbit` for that time have arrived, and resolves to what arrived in
 * kbit/s. `burstBytes` that a limit lets pass at once are sent besides, and not counted.
 */
export async function transferRate(
  context: Exec,
  from: LabHost,
  to: LabHost,
  { kbit, burstBytes }: { kbit: number; burstBytes: number },
): Promise<number> {
  const bytes = Math.round((kbit * 1000 * transferS) / 8) + burstBytes
  const [got] = await Promise.all([
    python(context, to.name, receive, [bytes, transferS, measurePort]),
    python(context, from.name, send, [to.address, bytes, transferS * 2, measurePort]),
  ])
  const [received = 0, seconds = transferS] = got
  return Math.round((Math.max(0, received - burstBytes) * 8) / 1000 / Math.max(seconds, 0.001))
}
