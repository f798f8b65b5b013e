import type { LabRecord } from '../../contract/record.js'
import type { Fact } from '../facts.js'
import { concludeBackups } from './backups.js'
import { concludeEtcd } from './etcd.js'
import { concludeHosts } from './hosts.js'
import { concludeKeys } from './keys.js'
import { concludeSql } from './sql.js'
import { concludeStreams } from './streams.js'

/**
 * Everything that follows from facts alone: pure, and each event once. Role and lease records need the merged view and
 * come from the observer.
 */
export function createConclusions(dataHosts: readonly string[]): (fact: Fact) => LabRecord[] {
  const conclude = [
    concludeHosts(),
    concludeKeys(),
    concludeSql(),
    concludeStreams(dataHosts),
    concludeEtcd(),
    concludeBackups(),
  ]
  return (fact) => conclude.flatMap((one) => one(fact))
}
