/** Events carry data of many shapes: a value is used when it is what is expected, and is absent otherwise. */
type Data = Record<string, unknown>

export const numberIn = (data: Data, name: string): number | null =>
  typeof data[name] === 'number' ? data[name] : null
export const textIn = (data: Data, name: string): string | null => (typeof data[name] === 'string' ? data[name] : null)
