import type { FaultKind } from './fault.js'
import { brokenHba } from './broken-hba.js'
import { clockSkew } from './clock-skew.js'
import { crash } from './crash.js'
import { damagedBackup } from './damaged-backup.js'
import { damagedPage } from './damaged-page.js'
import { delay } from './delay.js'
import { diskFull } from './disk-full.js'
import { expiredCertificate } from './expired-certificate.js'
import { failingArchive } from './failing-archive.js'
import { forgottenPause } from './forgotten-pause.js'
import { freeze } from './freeze.js'
import { idleTransaction } from './idle-transaction.js'
import { kill } from './kill.js'
import { loseMember } from './lose-member.js'
import { loseQuorum } from './lose-quorum.js'
import { lostFiles } from './lost-files.js'
import { loss } from './loss.js'
import { orphanSlot } from './orphan-slot.js'
import { partition } from './partition.js'
import { promote } from './promote.js'
import { restartLoop } from './restart-loop.js'
import { serviceDown } from './service-down.js'
import { slow } from './slow.js'
import { slowArchive } from './slow-archive.js'
import { slowEtcd } from './slow-etcd.js'
import { standbysRefused } from './standbys-refused.js'
import { start } from './start.js'
import { stop } from './stop.js'
import { throttle } from './throttle.js'

/** Every kind, by group: the command line, schemas, screens and docs derive from this one list. */
export const kinds: readonly FaultKind[] = [
  crash,
  stop,
  freeze,
  slow,
  start,
  kill,
  serviceDown,
  restartLoop,
  partition,
  loss,
  throttle,
  delay,
  diskFull,
  lostFiles,
  slowArchive,
  failingArchive,
  damagedPage,
  damagedBackup,
  clockSkew,
  loseMember,
  loseQuorum,
  slowEtcd,
  promote,
  brokenHba,
  standbysRefused,
  forgottenPause,
  orphanSlot,
  idleTransaction,
  expiredCertificate,
]
