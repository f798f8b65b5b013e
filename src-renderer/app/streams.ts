import type { LabRecord } from '../../src-main/contract/record.js'
import { connection, failureOf, type DojoClient, type Failure } from './connection.js'

/** Streams of the contract, by name. Each sends a snapshot first, then changes. */
export type StreamName =
  | 'home.watch'
  | 'labs.boot'
  | 'cluster.watch'
  | 'records.watch'
  | 'metrics.watch'
  | 'attempts.watch'
  | 'pitr.watch'
  | 'image.build'

type Procedure<N extends StreamName> = N extends `${infer G}.${infer P}`
  ? G extends keyof DojoClient
    ? P extends keyof DojoClient[G]
      ? DojoClient[G][P]
      : never
    : never
  : never
type Call<N extends StreamName> = Extract<Procedure<N>, (...rest: never[]) => unknown>
export type StreamInput<N extends StreamName> = Parameters<Call<N>>[0]
export type StreamValue<N extends StreamName> = Awaited<ReturnType<Call<N>>> extends AsyncIterable<infer T> ? T : never

/** connecting: nothing yet. live: the newest. stale: the last one known, and the connection is away. */
export type StreamState = 'connecting' | 'live' | 'stale'

export interface StreamListener<T> {
  /** `snapshot`: the first value of a (re)subscription; what came before it is superseded. */
  onValue(value: T, snapshot: boolean): void
  onState?(state: StreamState): void
  /** The stream ended by itself: with a failure that will not pass by trying again, or because it is complete (null). */
  onEnd?(failure: Failure | null): void
}

const retryAfterMs = 1_000

/** Failures of the app itself, or of the way to it, may pass; an unknown lab stays unknown. */
const mayPass = (failure: Failure): boolean => ['disconnected', 'internal'].includes(failure.code)

/** Subscribes, and again after every interruption, until the returned function is called or the stream ends. */
export function subscribe<T>(
  open: (client: DojoClient, signal: AbortSignal) => Promise<AsyncIterable<T>>,
  listener: StreamListener<T>,
  via = connection(),
): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const run = async (): Promise<void> => {
    let seen = false
    while (!signal.aborted) {
      listener.onState?.(seen ? 'stale' : 'connecting')
      try {
        await via.live(signal)
        let snapshot = true
        for await (const value of await open(via.client, signal)) {
          if (signal.aborted) return
          if (snapshot) listener.onState?.('live')
          listener.onValue(value, snapshot)
          snapshot = false
          seen = true
        }
        if (!signal.aborted) listener.onEnd?.(null)
        return
      } catch (error) {
        if (signal.aborted) return
        const failure = failureOf(error)
        if (!mayPass(failure)) {
          listener.onEnd?.(failure)
          return
        }
        listener.onState?.(seen ? 'stale' : 'connecting')
        if (via.state() === 'live') await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
      }
    }
  }
  void run()
  return () => stop.abort()
}

/** Opens a stream of the contract by its name. */
export function openStream<N extends StreamName>(
  client: DojoClient,
  name: N,
  input: StreamInput<N>,
  signal: AbortSignal,
): Promise<AsyncIterable<StreamValue<N>>> {
  const [group, procedure] = name.split('.') as [keyof DojoClient, never]
  const call = client[group][procedure] as unknown as (
    input: unknown,
    options: { signal: AbortSignal },
  ) => Promise<AsyncIterable<StreamValue<N>>>
  return call(input, { signal })
}

export interface StreamView<T> {
  value: T | null
  state: StreamState
  failure: Failure | null
  /** The stream is complete, for example a boot that ended. */
  ended: boolean
}

export interface SharedStream<T> {
  view(): StreamView<T>
  listen(listener: () => void): () => void
}

const lingerMs = 1_000
const shared = new Map<string, SharedStream<unknown>>()

/** One subscription per name and input, shared by all that show it; it lingers a moment, so that a re-mount is free. */
export function sharedStream<N extends StreamName>(name: N, input: StreamInput<N>): SharedStream<StreamValue<N>> {
  const key = `${name} ${JSON.stringify(input ?? null)}`
  const known = shared.get(key)
  if (known) return known as SharedStream<StreamValue<N>>
  const made = makeShared<StreamValue<N>>(
    (listener) => subscribe((client, signal) => openStream(client, name, input, signal), listener),
    () => shared.delete(key),
  )
  shared.set(key, made)
  return made
}

function makeShared<T>(begin: (listener: StreamListener<T>) => () => void, forget: () => void): SharedStream<T> {
  let view: StreamView<T> = { value: null, state: 'connecting', failure: null, ended: false }
  const listeners = new Set<() => void>()
  let stop: (() => void) | null = null
  let leaving: ReturnType<typeof setTimeout> | undefined
  const change = (part: Partial<StreamView<T>>): void => {
    view = { ...view, ...part }
    for (const listener of listeners) listener()
  }
  return {
    view: () => view,
    listen(listener) {
      clearTimeout(leaving)
      listeners.add(listener)
      stop ??= begin({
        onValue: (value) => change({ value, state: 'live', failure: null }),
        onState: (state) => state !== view.state && change({ state }),
        onEnd: (failure) => change({ failure, ended: true }),
      })
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        leaving = setTimeout(() => {
          stop?.()
          stop = null
          forget()
        }, lingerMs)
      }
    },
  }
}

export interface RecordsView {
  /** Grows in place, in order of arrival; `version` tells that it did. */
  records: readonly LabRecord[]
  version: number
  state: StreamState
}
const recordStreams = new Map<string, SharedStream<RecordsView>>()

/** All records of a lab so far and from now on; one growing array, shared by all that draw it. */
export function sharedRecords(lab: string): SharedStream<RecordsView> {
  const known = recordStreams.get(lab)
  if (known) return known
  const begin = (listener: StreamListener<RecordsView>): (() => void) => {
    let records: LabRecord[] = []
    let version = 0
    return subscribe((client, signal) => openStream(client, 'records.watch', { lab }, signal), {
      onValue(batch, snapshot) {
        if (snapshot) records = batch
        else for (const record of batch) records.push(record)
        listener.onValue({ records, version: ++version, state: 'live' }, snapshot)
      },
      ...(listener.onState && { onState: listener.onState }),
      ...(listener.onEnd && { onEnd: listener.onEnd }),
    })
  }
  const made = makeShared(begin, () => recordStreams.delete(lab))
  recordStreams.set(lab, made)
  return made
}
