import { useCallback, useSyncExternalStore } from 'react'
import { connection, type ConnectionState } from './connection.js'
import {
  sharedRecords,
  sharedStream,
  type RecordsView,
  type StreamInput,
  type StreamName,
  type StreamValue,
  type StreamView,
} from './streams.js'

const nothing: StreamView<never> = { value: null, state: 'connecting', failure: null, ended: false }
const idle = (): (() => void) => () => undefined

const inputOf = <N extends StreamName>(key: string): StreamInput<N> => (JSON.parse(key) ?? undefined) as StreamInput<N>

/**
 * The newest value of a stream, for example `useStream('cluster.watch', { lab })`. It reconnects and resubscribes by
 * itself. A null input subscribes to nothing. For records use `useRecords`, which keeps all of them.
 */
export function useStream<N extends Exclude<StreamName, 'records.watch'>>(
  name: N,
  input: StreamInput<N> | null,
): StreamView<StreamValue<N>> {
  // the input by value: callers build it anew on every render
  const key = input === null ? null : JSON.stringify(input ?? null)
  const listen = useCallback(
    (listener: () => void) => (key === null ? idle() : sharedStream(name, inputOf<N>(key)).listen(listener)),
    [name, key],
  )
  const view = useCallback(
    () => (key === null ? (nothing as StreamView<StreamValue<N>>) : sharedStream(name, inputOf<N>(key)).view()),
    [name, key],
  )
  return useSyncExternalStore(listen, view)
}

const noRecords: RecordsView = { records: [], version: 0, state: 'connecting' }

/** Every record of a lab, from its first to now. `records` is one array that grows; `version` changes when it did. */
export function useRecords(lab: string | null): RecordsView {
  const listen = useCallback((listener: () => void) => (lab ? sharedRecords(lab).listen(listener) : idle()), [lab])
  const view = useCallback(() => (lab ? sharedRecords(lab).view() : null), [lab])
  const shown = useSyncExternalStore(listen, view)
  return shown?.value ? (shown.state === 'live' ? shown.value : { ...shown.value, state: shown.state }) : noRecords
}

/** Whether this window is connected to the app, and if not, whether that can pass by itself. */
export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(
    (listener) => connection().onState(listener),
    () => connection().state(),
  )
}
