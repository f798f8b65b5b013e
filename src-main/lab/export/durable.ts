import { isSeq, parseDocument } from 'yaml'
import type { HostFile } from '../../docker/archive.js'

/** Options that a lab takes because nobody waits for its disks. A machine that may lose its power must not have them. */
const lists = [
  ['bootstrap', 'initdb'],
  ['postgresql', 'basebackup'],
]

/** Patroni's configuration without `no-sync`; every other file as it is. */
export function durable(file: HostFile): HostFile {
  if (file.path !== '/etc/patroni/patroni.yml') return file
  const document = parseDocument(file.content, { version: '1.1' })
  for (const path of lists) {
    const list = document.getIn(path)
    if (!isSeq(list)) continue
    const at = (list.toJSON() as unknown[]).indexOf('no-sync')
    if (at >= 0) list.delete(at)
  }
  return { ...file, content: document.toString({ lineWidth: 0 }) }
}
