/** WAL positions: PostgreSQL writes them as two hexadecimal halves, Patroni's history and the gauges as one number of bytes. */

export function lsnText(bytes: number): string {
  const high = Math.floor(bytes / 2 ** 32)
  return `${high.toString(16).toUpperCase()}/${(bytes % 2 ** 32).toString(16).toUpperCase()}`
}

/** Bytes from the begin of the WAL; NaN where the text is no position. */
export function lsnNumber(text: string): number {
  const [high, low] = text.split('/')
  return Number.parseInt(high ?? '', 16) * 2 ** 32 + Number.parseInt(low ?? '', 16)
}
