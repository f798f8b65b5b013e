import { setTimeout as pause } from 'node:timers/promises'
import type { IKeyValue, IWatchResponse } from 'etcd3'
import { endOf, type EtcdClient } from './etcd-client.js'
import type { KeyChange, KeyPut } from './facts.js'

export interface WatchedMember {
  name: string
  client: EtcdClient
  /** False while its host is known to be away: no use in knocking. */
  mayAnswer: () => boolean
}

export interface KeyWatchInput {
  members: readonly WatchedMember[]
  prefix: string
  onChange: (change: KeyChange) => void
  signal: AbortSignal
}

const rangeTimeoutMs = 800
const retryMs = 200
/** A second look at all keys, in case a restored etcd began to count its revisions anew. */
const verifyEveryMs = 15_000
/** A slow answer is behind the watch by a moment; a restored etcd stays behind. */
const restoredAfter = 3

/**
 * Follows every key under a prefix through ALL members at once and keeps what is new by its revision: the quickest
 * member tells, and the loss of a member costs nothing. Begins with a snapshot, which needs a quorum.
 * Watches get no deadline: an idle stream is a healthy one. Resolves when the signal aborts.
 */
export async function watchKeys(input: KeyWatchInput): Promise<void> {
  const { members, prefix, onChange, signal } = input
  let revision = 0
  let clusterId = ''
  let behind = 0

  const snapshot = async (): Promise<boolean> => {
    const asked = members.filter(({ mayAnswer }) => mayAnswer())
    if (asked.length === 0) return false
    const answer = await Promise.any(asked.map(({ client }) => client.range(prefix, rangeTimeoutMs))).catch(() => null)
    if (!answer || signal.aborted) return false
    const found = Number(answer.header.revision)
    // the watch has been there already, and is right about what came after this answer
    behind = found < revision && answer.header.cluster_id === clusterId ? behind + 1 : 0
    if (behind > 0 && behind < restoredAfter) return true
    const puts = answer.kvs.map((kv) => putOf(kv, prefix))
    revision = found
    clusterId = answer.header.cluster_id
    onChange({ revision, snapshot: true, puts, deletes: [] })
    return true
  }
  const apply = (response: IWatchResponse): void => {
    const changes = new Map<number, KeyChange>()
    for (const { type, kv } of response.events) {
      const at = Number(kv.mod_revision)
      if (at <= revision) continue
      const change = changes.get(at) ?? { revision: at, snapshot: false, puts: [], deletes: [] }
      changes.set(at, change)
      if (type === 'Put' || (type as unknown as string) === 'PUT') change.puts.push(putOf(kv, prefix))
      else change.deletes.push(kv.key.toString().slice(prefix.length))
    }
    for (const change of changes.values()) {
      revision = change.revision
      onChange(change)
    }
  }

  /** One stream, until it breaks. */
  const follow = async ({ client }: WatchedMember): Promise<void> => {
    const stream = await client.raw.watchClient.watch()
    const duplex = stream as typeof stream & NodeJS.EventEmitter
    await new Promise<void>((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end)
        stream.cancel()
        resolve()
      }
      signal.addEventListener('abort', end, { once: true })
      duplex.on('error', end).on('end', end)
      duplex.on('data', (response: IWatchResponse) => {
        apply(response)
        // compacted away, or refused: look at everything again, then follow from there
        if (response.canceled) void snapshot().then(end)
      })
      const from = { key: Buffer.from(prefix), range_end: endOf(prefix), start_revision: String(revision + 1) }
      stream.write({ create_request: from })
      if (signal.aborted) end()
    })
  }

  const until = (ms: number): Promise<void> => pause(ms, undefined, { signal }).catch(() => undefined)
  while (!signal.aborted && !(await snapshot())) await until(retryMs)
  const streams = members.map(async (member) => {
    while (!signal.aborted) {
      if (member.mayAnswer()) await follow(member).catch(() => undefined)
      await until(retryMs)
    }
  })
  const verify = async (): Promise<void> => {
    while (!signal.aborted) {
      await until(verifyEveryMs)
      if (!signal.aborted) await snapshot()
    }
  }
  await Promise.all([...streams, verify()])
}

export function putOf(kv: IKeyValue, prefix: string): KeyPut {
  return {
    key: kv.key.toString().slice(prefix.length),
    value: kv.value.toString(),
    lease: kv.lease === '0' ? null : kv.lease,
    createRevision: Number(kv.create_revision),
  }
}
