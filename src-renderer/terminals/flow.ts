/** Acknowledge at least this often in a flood; the server stops the source at sixteen times as much. */
const acknowledgeEveryBytes = 64 * 1024
/** One message of input. A paste of megabytes goes in pieces, so that nothing waits behind it for long. */
const messageChars = 64 * 1024
/** What may be on its way to the server at once. */
const inFlightChars = 256 * 1024
const interrupt = '\x03'

export interface Acknowledger {
  /** Output up to this offset has arrived. */
  received(end: number): void
  /** Output up to this offset is on screen. */
  drawn(end: number): void
}

/**
 * Tells the server what has been drawn: at once when nothing is left to draw, in large steps during a flood, and never
 * two messages at a time.
 */
export function createAcknowledger(send: (upTo: number) => Promise<unknown>): Acknowledger {
  let arrived = 0
  let done = 0
  let told = 0
  let sending = false
  const tell = (): void => {
    if (sending || done === told || (done < arrived && done - told < acknowledgeEveryBytes)) return
    sending = true
    told = done
    send(told)
      .catch(() => undefined) // the connection is away: watching again begins with what has arrived
      .finally(() => {
        sending = false
        tell()
      })
  }
  return {
    received: (end) => void (arrived = end),
    drawn(end) {
      done = end
      tell()
    },
  }
}

/**
 * Input in order and in pieces. What can't be sent is dropped: typed into a connection that is gone, it is lost. An
 * interrupt overtakes, and ends, a paste that the program does not take.
 */
export function createInput(send: (data: string) => Promise<unknown>): (data: string) => void {
  let waiting = ''
  let inFlight = 0
  const pump = (): void => {
    while (waiting && inFlight < inFlightChars) {
      const part = waiting.slice(0, wholeUntil(waiting, messageChars))
      waiting = waiting.slice(part.length)
      inFlight += part.length
      send(part)
        .catch(() => void (waiting = ''))
        .finally(() => {
          inFlight -= part.length
          pump()
        })
    }
  }
  return (data) => {
    if (data === interrupt) {
      waiting = ''
      void send(data).catch(() => undefined)
      return
    }
    waiting += data
    pump()
  }
}

/** Not between the halves of a surrogate pair: each message is encoded on its own. */
function wholeUntil(text: string, most: number): number {
  if (text.length <= most) return text.length
  const last = text.charCodeAt(most - 1)
  return last >= 0xd800 && last <= 0xdbff ? most - 1 : most
}
