import type { Endpoint } from '../contract/lab.js'
import { askHttp, type HttpAnswer } from '../util/http.js'
import { whyOf } from './reading.js'

/**
 * GET with a limit for everything together. A kept connection may have been closed by a server that restarted, which says
 * nothing about the server that is there now: then it is asked once more.
 */
export async function httpGet(endpoint: Endpoint, path: string, timeoutMs: number): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await askHttp(endpoint, path, { signal })
  } catch (error) {
    if (whyOf(error) !== 'connection closed') throw error
    return askHttp(endpoint, path, { signal })
  }
}
