/** The few pieces of DER (X.690) that a certificate is made of. */

function tlv(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = Buffer.from(body.length.toString(16).padStart(body.length < 0x100 ? 2 : 4, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body])
}

export const sequence = (...content: Buffer[]): Buffer => tlv(0x30, ...content)
export const set = (...content: Buffer[]): Buffer => tlv(0x31, ...content)
/** `[n]`, constructed and explicit. */
export const tagged = (n: number, ...content: Buffer[]): Buffer => tlv(0xa0 | n, ...content)
/** `[n]`, primitive and implicit. */
export const taggedBytes = (n: number, bytes: Buffer): Buffer => tlv(0x80 | n, bytes)
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text))
export const octets = (content: Buffer): Buffer => tlv(0x04, content)
export const yes = tlv(0x01, Buffer.from([0xff]))
/** A whole number above zero, as its bytes; the first bit says the sign, so it must not be set. */
export const positive = (bytes: Buffer): Buffer =>
  tlv(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
/** A bit string of whole bytes, or of one byte whose last `unused` bits do not count. */
export const bits = (content: Buffer, unused = 0): Buffer => tlv(0x03, Buffer.of(unused), content)

/** An object identifier, for example 2.5.4.3. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tlv(0x06, Buffer.from(bytes))
}

/** UTCTime until 2049 and GeneralizedTime after, as RFC 5280 demands. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return at.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits))
}
