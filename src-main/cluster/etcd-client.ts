import { Etcd3, type IOptions, type IRangeResponse } from 'etcd3'
import type { Endpoint } from '../contract/lab.js'
import { tlsOf, type TlsClient } from '../util/tls.js'
import { withDeadline } from '../util/with-deadline.js'

/** etcd3's own retries and circuit breakers would hide which member is silent, and for how long. */
const asIs = {
  execute: async <T>(run: (context: { signal: AbortSignal }) => PromiseLike<T> | T): Promise<T> =>
    await run({ signal: never }),
  onSuccess: () => ({ dispose: () => undefined }),
  onFailure: () => ({ dispose: () => undefined }),
}
const never = new AbortController().signal

const options = ({ host, port }: Endpoint, tls: TlsClient | undefined): IOptions => ({
  hosts: `${tls ? 'https://' : ''}${host}:${port}`,
  ...(tls && { credentials: credentialsOf(tls) }),
  grpcOptions: {
    ...(tls && { 'grpc.ssl_target_name_override': tls.servername }),
    // a frozen member keeps its connection open and says nothing; only pings find that out
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 2_000,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.min_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // one lab's channels end with its observer
    'grpc.use_local_subchannel_pool': 1,
  },
  faultHandling: { host: () => asIs, global: asIs } as unknown as NonNullable<IOptions['faultHandling']>,
})

const credentialsOf = ({ ca, cert, key }: TlsClient): NonNullable<IOptions['credentials']> => ({
  rootCertificate: Buffer.from(ca),
  ...(cert !== undefined && { certChain: Buffer.from(cert) }),
  ...(key !== undefined && { privateKey: Buffer.from(key) }),
})

export interface EtcdStatus {
  memberId: string
  /** Member id of the leader that this member knows; null when it knows none. */
  leaderId: string | null
  term: number
  learner: boolean
}

/** What is left of a lease, as etcd says it: whole seconds, rounded down. Null: there is no such lease any more. */
export interface LeaseLeft {
  leftS: number
  ttlS: number
}

export interface EtcdClient {
  readonly raw: Etcd3
  /** This member's own view, answered without a quorum. */
  status(timeoutMs: number): Promise<EtcdStatus>
  /** All keys with the prefix, linearizable: an answer proves that there is a quorum. */
  range(prefix: string, timeoutMs: number): Promise<IRangeResponse>
  /** Forwarded to etcd's leader by any member. */
  leaseLeft(id: string, timeoutMs: number): Promise<LeaseLeft | null>
  close(): void
}

/** One member of etcd through its published endpoint; it knows no other member. */
export function etcdClient(endpoint: Endpoint): EtcdClient {
  const raw = new Etcd3(options(endpoint, tlsOf(endpoint)))
  // calls can outlast their own deadline, so each gets one from outside as well
  const call = <T>(what: string, timeoutMs: number, run: (options: { deadline: number }) => Promise<T>): Promise<T> =>
    withDeadline(run({ deadline: Date.now() + timeoutMs }), timeoutMs + 50, what)
  return {
    raw,
    async status(timeoutMs) {
      const said = await call('etcd status', timeoutMs, (limits) => raw.maintenance.status(limits))
      return {
        memberId: said.header.member_id,
        leaderId: said.leader === '0' ? null : said.leader,
        term: Number(said.raftTerm),
        learner: said.isLearner,
      }
    },
    range: (prefix, timeoutMs) =>
      call('etcd range', timeoutMs, (limits) =>
        raw.kv.range({ key: Buffer.from(prefix), range_end: endOf(prefix) }, limits),
      ),
    async leaseLeft(id, timeoutMs) {
      try {
        const said = await call('etcd lease', timeoutMs, (limits) =>
          raw.leaseClient.leaseTimeToLive({ ID: id }, limits),
        )
        return Number(said.TTL) < 0 ? null : { leftS: Number(said.TTL), ttlS: Number(said.grantedTTL) }
      } catch (error) {
        if (error instanceof Error && /lease not found/.test(error.message)) return null
        throw error
      }
    },
    close: () => raw.close(),
  }
}

/** The first key behind all keys with this prefix. */
export function endOf(prefix: string): Buffer {
  const end = Buffer.from(prefix)
  end[end.length - 1] = (end.at(-1) ?? 0) + 1
  return end
}
