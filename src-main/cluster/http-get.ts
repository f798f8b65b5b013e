import { whyOf } from './reading.js'

/**
 * GET with a limit for everything together. A kept connection may have been closed by a server that restarted, which says
 * nothing about the server that is there now: then it is asked once more.
 */
export async function httpGet(url: string, timeoutMs: number): Promise<{ status: number; text: string }> {
  const signal = AbortSignal.timeout(timeoutMs)
  const get = async (): Promise<{ status: number; text: string }> => {
    const response = await fetch(url, { signal })
    return { status: response.status, text: await response.text() }
  }
  try {
    return await get()
  } catch (error) {
    if (whyOf(error) !== 'connection closed') throw error
    return get()
  }
}
