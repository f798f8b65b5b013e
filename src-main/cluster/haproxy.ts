import { setTimeout as pause } from 'node:timers/promises'
import type { z } from 'zod'
import type { proxyBackend } from '../contract/cluster.js'
import type { Endpoint } from '../contract/lab.js'
import { httpGet } from './http-get.js'

export type ProxyBackend = z.infer<typeof proxyBackend>

/** A check is under way: until it ends, HAProxy has a star before what the last one said, and often no code of it. */
const checksNow = /,\* L7[A-Z]+,0,/
const mostReads = 3
const checkMs = 20

/**
 * HAProxy's statistics page as CSV, read again while a check is under way, unless half of the time is gone. Throws when
 * it does not answer.
 */
export async function proxyStats(endpoint: Endpoint, timeoutMs: number): Promise<ProxyBackend[]> {
  const startedAt = performance.now()
  for (let nth = 1; ; nth++) {
    const { status, text } = await httpGet(endpoint, '/;csv', timeoutMs)
    if (status !== 200) throw new Error(`GET /;csv answered ${status}`)
    const late = performance.now() - startedAt > timeoutMs / 2
    if (late || nth === mostReads || !checksNow.test(text)) return proxyBackendsOf(text)
    await pause(checkMs)
  }
}

/** Whether a proxy's name says that it takes writes, or reads. */
const takesWrites = (name: string): boolean => /write|primary|leader/i.test(name)
const takesReads = (name: string): boolean => /read|replica|standby/i.test(name) && !takesWrites(name)

/**
 * One entry per server, over all listeners: is it up for writes, for reads, and what the last check of the write route
 * said, for example `HTTP 200`. Columns are found by their names, which HAProxy keeps while it adds new ones.
 */
export function proxyBackendsOf(csv: string): ProxyBackend[] {
  const [head = '', ...lines] = csv.split('\n').filter((line) => line.trim() !== '')
  const names = head.replace(/^# /, '').split(',')
  const at = (cells: string[], name: string): string => cells[names.indexOf(name)] ?? ''
  const backends = new Map<string, ProxyBackend>()
  for (const line of lines) {
    const cells = line.split(',')
    const [proxy, server, status] = [at(cells, 'pxname'), at(cells, 'svname'), at(cells, 'status')]
    if (server === 'FRONTEND' || server === 'BACKEND' || !(takesWrites(proxy) || takesReads(proxy))) continue
    const up = status.startsWith('UP')
    const entry = backends.get(server) ?? { host: server, write: false, read: false, check: '' }
    if (takesWrites(proxy)) {
      const [code, check] = [at(cells, 'check_code'), at(cells, 'check_status')]
      const said = Number(code) > 0 ? `HTTP ${code}` : check.replace('* ', '') || status
      Object.assign(entry, { write: up, check: said })
    } else entry.read = up
    backends.set(server, entry)
  }
  return [...backends.values()]
}
