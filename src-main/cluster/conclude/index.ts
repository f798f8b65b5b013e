import type { LabInfo } from '../../contract/lab.js'
import type { LabRecord } from '../../contract/record.js'
import { createClocks, type Clocks } from '../clocks.js'
import type { Fact } from '../facts.js'
import { concludeArchive } from './archive.js'
import { concludeBackups } from './backups.js'
import { concludeClocks } from './clocks.js'
import { concludeDiverged } from './diverged.js'
import { concludeEtcd } from './etcd.js'
import { concludeGauges } from './gauges.js'
import { concludeHosts } from './hosts.js'
import { concludeKeys } from './keys.js'
import { concludePrimaries } from './primaries.js'
import { concludeRestarts } from './restarts.js'
import { concludeServices } from './services.js'
import { concludeSlots } from './slots.js'
import { concludeSql } from './sql.js'
import { concludeStreams } from './streams.js'

/**
 * Everything that follows from facts alone: pure, and each event once. Role and lease records need the merged view and
 * come from the observer.
 */
export function createConclusions(
  { hosts, spec }: Pick<LabInfo, 'hosts' | 'spec'>,
  clocks: Clocks = createClocks(),
): (fact: Fact) => LabRecord[] {
  const dataHosts = hosts.filter(({ services }) => services.includes('patroni')).map(({ name }) => name)
  const conclude = [
    concludeClocks(clocks),
    concludeHosts(clocks),
    concludeKeys(clocks),
    concludeSql(clocks),
    concludeRestarts(clocks),
    concludeServices(),
    concludeStreams(dataHosts),
    concludeSlots(),
    concludeEtcd(),
    concludeArchive(clocks),
    concludeBackups(clocks),
    concludePrimaries(spec.promises.writablePrimaries?.atMost, clocks),
    concludeDiverged(),
    concludeGauges(),
  ]
  return (fact) => {
    clocks.take(fact)
    return conclude.flatMap((one) => one(fact))
  }
}
