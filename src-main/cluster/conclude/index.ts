import type { LabInfo } from '../../contract/lab.js'
import type { LabRecord } from '../../contract/record.js'
import type { Fact } from '../facts.js'
import { concludeBackups } from './backups.js'
import { concludeEtcd } from './etcd.js'
import { concludeHosts } from './hosts.js'
import { concludeKeys } from './keys.js'
import { concludePrimaries } from './primaries.js'
import { concludeSql } from './sql.js'
import { concludeStreams } from './streams.js'

/**
 * Everything that follows from facts alone: pure, and each event once. Role and lease records need the merged view and
 * come from the observer.
 */
export function createConclusions({ hosts, spec }: Pick<LabInfo, 'hosts' | 'spec'>): (fact: Fact) => LabRecord[] {
  const dataHosts = hosts.filter(({ services }) => services.includes('patroni')).map(({ name }) => name)
  const conclude = [
    concludeHosts(),
    concludeKeys(),
    concludeSql(),
    concludeStreams(dataHosts),
    concludeEtcd(),
    concludeBackups(),
    concludePrimaries(spec.promises.writablePrimaries?.atMost),
  ]
  return (fact) => conclude.flatMap((one) => one(fact))
}
