import { X509Certificate } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { CertificateFacts, HostFacts } from '../cluster/health/input.js'
import { healthOf } from '../cluster/health/index.js'
import type { HealthReport } from '../contract/health.js'
import type { EventKind } from '../contract/record.js'
import { hostTls } from '../lab/certificates.js'
import type { LabHandle } from '../lab/handle.js'
import { dataDisk, walDisk } from '../lab/plan.js'
import { confirmation, type Confirmation } from './confirm-findings.js'
import type { LabSession } from './session.js'

/** Asking costs a program on every host: a screen that looks every other second is told what was seen a moment ago. */
const factsLastMs = 10_000
const timeoutMs = 5_000
/** An alarm is confirmed by looking anew, and not by what was seen before. */
const unconfirmedLastMs = 1_000
const lookAgainMs = 250
const confirmWithinMs = 10_000

/** All of it in one program. Paths that a host has not are no error. */
const factsScript = `df --block-size=1 --output=target,pcent,avail / ${dataDisk} ${walDisk} /var/lib/pgbackrest 2>/dev/null
echo services
sv status /etc/service/* 2>/dev/null
echo certificates
for file in /etc/*/tls/*.crt ${hostTls.folder}/*.crt; do [ ! -f "$file" ] || { echo "$file"; cat "$file"; }; done`

/** `run: /etc/service/etcd: (pid 22) 71s; run: log: ...`, one line each; `down: ...: 3s, normally up`. */
export function factsOf(stdout: string): HostFacts {
  const [machine = '', certificates = ''] = stdout.split('certificates\n')
  const [disks = '', services = ''] = machine.split('services\n')
  const mounts = new Map(
    disks
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [mount = '', used = '', free = ''] = line.trim().split(/\s+/)
        return free === '' ? [] : [[mount, { mount, usedPercent: Number.parseInt(used, 10), freeBytes: Number(free) }]]
      }),
  )
  return {
    disks: [...mounts.values()],
    services: services.split('\n').flatMap((line) => {
      const [, state = '', path = '', forS = '0'] = /^(\w+): (\S+): (?:\(pid \d+\) )?(\d+)s/.exec(line) ?? []
      return path === '' ? [] : [{ service: path.split('/').at(-1)!, up: state === 'run', forS: Number(forS) }]
    }),
    certificates: certificatesIn(certificates),
  }
}

/** Each file's path, and its PEM under it. One that is no certificate is no news of when it is over. */
function certificatesIn(text: string): CertificateFacts[] {
  const found = text.matchAll(/^(\/.+)\n(-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----)$/gm)
  return [...found].flatMap(([, path = '', pem = '']) => {
    const until = untilOf(pem)
    return until === null ? [] : [{ path, until }]
  })
}

function untilOf(pem: string): number | null {
  try {
    return Date.parse(new X509Certificate(pem).validTo)
  } catch {
    return null
  }
}

/** What of a session is looked at. */
type Looked = Pick<LabSession, 'handle' | 'recorder' | 'state'>
type Facts = Record<string, HostFacts | null>
interface Known {
  at: number
  facts: Promise<Facts>
  confirmed: Confirmation
}
const known = new WeakMap<LabHandle, Known>()

async function readFacts({ info, exec }: LabHandle): Promise<Facts> {
  const asked = info.hosts.map(async ({ name }) => {
    const said = await exec(name, ['sh', '-c', factsScript], { user: 'root', timeoutMs }).catch(() => null)
    return [name, said?.code === 0 ? factsOf(said.stdout) : null] as const
  })
  return Object.fromEntries(await Promise.all(asked))
}

/** One page about a lab: what is wrong, since when, and what to look at next. Looks twice before it raises an alarm. */
export async function readHealth(session: Looked): Promise<HealthReport> {
  const { handle } = session
  let lastMs = factsLastMs
  for (const end = Date.now() + confirmWithinMs; ; await pause(lookAgainMs)) {
    const before = known.get(handle)
    const now = Date.now()
    const asked =
      before && now - before.at < lastMs
        ? before
        : { at: now, facts: readFacts(handle), confirmed: before?.confirmed ?? confirmation() }
    known.set(handle, asked)
    const report = look(session, await asked.facts)
    if (asked.confirmed.isConfirmed(report) || Date.now() >= end) return report
    lastMs = unconfirmedLastMs
  }
}

function look({ handle, recorder, state }: Looked, facts: Facts): HealthReport {
  const records = recorder.all()
  const eventAt = (kinds: readonly EventKind[], host?: string): number | null => {
    const isIt = (record: (typeof records)[number]): boolean =>
      record.k === 'event' && kinds.includes(record.kind) && (host === undefined || record.host === host)
    return records.findLast(isIt)?.t ?? null
  }
  const seen = state()
  // a host that has gone since it was asked says nothing of the present
  const running = (host: string): boolean =>
    seen.hosts.find(({ name }) => name === host)?.engine.value?.container === 'running'
  const present = Object.fromEntries(Object.entries(facts).map(([host, said]) => [host, running(host) ? said : null]))
  return healthOf({ info: handle.info, state: seen, facts: present, eventAt, now: seen.at })
}
