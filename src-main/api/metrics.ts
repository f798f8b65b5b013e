import { setTimeout as pause } from 'node:timers/promises'
import { readMetrics } from '../cluster/prometheus.js'
import { DojoError } from '../contract/errors.js'
import type { LabInfo } from '../contract/lab.js'
import type { MetricsView } from '../contract/metrics.js'

/** As often as Prometheus asks. */
const everyMs = 5_000

/** What Prometheus knows of a lab, now and then every few seconds. @throws DojoError usage where there is none */
export async function* watchMetrics(info: LabInfo, minutes: number, signal: AbortSignal): AsyncGenerator<MetricsView> {
  const monitor = info.hosts.find(({ endpoints }) => endpoints.prometheus)
  if (!monitor) {
    throw new DojoError('usage', {
      what: `Lab "${info.lab}" has no Prometheus`,
      why: `no host of the topology ${info.topology} runs prometheus`,
      next: 'Start a topology that has one, for example `dojo up fleet`',
    })
  }
  while (!signal.aborted) {
    yield await readMetrics(monitor.name, monitor.endpoints.prometheus!, minutes, Date.now())
    await pause(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
