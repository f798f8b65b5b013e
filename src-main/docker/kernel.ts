import { randomBytes } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type Docker from 'dockerode'
import { translated } from './errors.js'
import { label, product } from './labels.js'

/** What the engine's kernel can do for network faults, each with the kernel's own words when it can't. */
export interface KernelAbilities {
  /** Packet filter, for partitions. */
  nft: Ability
  /** Delay, loss and reordering. Some WSL 2 and cloud kernels come without it. */
  netem: Ability
  /** Bandwidth limits. */
  tbf: Ability
}
export interface Ability {
  works: boolean
  detail: string
}

// nft: adds a table over netlink (batch begin, new table "dojo" for inet with an acknowledgement, batch end), which also
// loads the module where the kernel has it as one; asks no tool of the image
const probeScript = `
python3 - <<'EOF' 2>&1 | tail -1 | sed 's/^/nft /'
import os, socket, struct
def message(kind, flags, family, resource, body=b''):
    data = struct.pack('=BBH', family, 0, socket.htons(resource)) + body
    return struct.pack('=IHHII', 16 + len(data), kind, flags, 1, 0) + data
name = struct.pack('=HH', 9, 1) + b'dojo\\0' + b'\\0' * 3
link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
link.settimeout(3)
link.send(message(0x10, 1, 0, 10) + message(0xA00, 0x405, 1, 0, name) + message(0x11, 1, 0, 10))
code = -struct.unpack_from('=i', link.recv(4096), 16)[0]
print('works' if code == 0 else os.strerror(code))
EOF
try() { if words=$("$@" 2>&1); then echo works; else echo "$words" | tail -1; fi; }
echo "netem $(try tc qdisc replace dev lo root netem delay 1ms)"
tc qdisc del dev lo root 2>/dev/null
echo "tbf $(try tc qdisc replace dev lo root tbf rate 1mbit burst 32kbit latency 100ms)"
`

/**
 * Tries each ability in a container of the host image that has a network namespace to itself, and is removed.
 * About half a second.
 */
export async function probeKernel(docker: Docker, image: string): Promise<KernelAbilities> {
  const container = await docker
    .createContainer({
      Image: image,
      name: `dojo-kernel-probe-${randomBytes(4).toString('hex')}`,
      Entrypoint: ['/bin/sh', '-c', probeScript],
      Cmd: [],
      Tty: true, // one stream without frames
      Labels: { [label.product]: product, [label.role]: 'helper' },
      HostConfig: { NetworkMode: 'none', CapAdd: ['NET_ADMIN'], Memory: 64 * 1024 ** 2 },
    })
    .catch((error: unknown) => {
      throw translated(error, 'trying what the kernel can do')
    })
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true })
    const output = text(stream.pipe(new PassThrough()))
    await container.start()
    await container.wait()
    return parseAbilities(await output)
  } finally {
    await container.remove({ force: true }).catch(() => undefined) // the engine went away: nothing runs any more
  }
}

export function parseAbilities(output: string): KernelAbilities {
  const lines = output.split(/\r?\n/)
  const read = (name: string): Ability => {
    const detail = lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? 'the probe said nothing'
    return { works: detail === 'works', detail }
  }
  return { nft: read('nft'), netem: read('netem'), tbf: read('tbf') }
}
