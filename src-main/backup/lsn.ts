/** A WAL position as a number that compares. `16/B374D848` */
export function lsnOf(text: string): bigint {
  const [high = '', low = ''] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

export const lsnText = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`

const segmentBytes = 16n * 1024n * 1024n
const perLog = 0x100000000n / segmentBytes

/** Timeline and end of a WAL segment by its name of 24 hexadecimal digits. */
export function segmentOf(name: string): { timeline: number; endLsn: bigint } {
  const part = (from: number): bigint => BigInt(`0x${name.slice(from, from + 8)}`)
  return { timeline: Number(part(0)), endLsn: (part(8) * perLog + part(16) + 1n) * segmentBytes }
}
