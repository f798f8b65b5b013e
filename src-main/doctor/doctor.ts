import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import type { Finding } from '../contract/doctor.js'
import { DojoError, type Said } from '../contract/errors.js'
import { engineFacts, type EngineFacts } from '../docker/engine-facts.js'
import { oldestApi } from '../docker/engine.js'
import { imageStatus } from '../docker/image-status.js'
import { kernelFindings } from './kernel.js'
import { diskLimits, inGiB, memoryForLabs, memoryLimits } from './limits.js'

/** The first ports of each kind that `--ports fixed` takes on 127.0.0.1 (lab/ports.ts has all). */
const fixedPorts = [2379, 5000, 5001, 5432, 7000, 8008]

const ok = (id: string, title: string, observed: string): Finding => ({ id, title, state: 'ok', observed })
const failed = (id: string, title: string, { what, why, next }: Said): Finding => ({
  id,
  title,
  state: 'fail',
  observed: what,
  why,
  next,
})

/**
 * Looks at everything that labs need of this machine and its engine, in the order in which to repair it. Never throws
 * for a machine that is not fit: that is what the findings say. Takes up to a few seconds.
 */
export async function runDoctor(): Promise<Finding[]> {
  const findings = [ok('node', 'Node', process.versions.node)]
  let facts: EngineFacts
  try {
    facts = await engineFacts()
  } catch (error) {
    if (!(error instanceof DojoError)) throw error
    const denied = error.code === 'engine-denied'
    findings.push(failed(denied ? 'engine-access' : 'engine', denied ? 'Rights to the engine' : 'Engine', error.said))
    return [...findings, await portsFinding()]
  }
  findings.push(...engineFindings(facts), memoryFinding(facts), diskFinding(facts), await imageFinding())
  findings.push(...(await kernelFindings().catch((error: unknown) => [kernelUnknown(error)])), await portsFinding())
  return findings
}

export function engineFindings(facts: EngineFacts): Finding[] {
  const { where, from, version, apiVersion, remote, storageDriver, limitsMemory } = facts
  const findings = [
    ok('engine', 'Engine', `${from} ${version} at ${where}, API ${apiVersion} (${oldestApi} or later is needed)`),
    ok('engine-access', 'Rights to the engine', `${userInfo().username} may use it`),
  ]
  if (remote) {
    findings.push({
      id: 'engine-place',
      title: 'Place of the engine',
      state: 'warn',
      observed: `${where} is another machine`,
      why: "labs publish their ports on that machine's loopback, which this one can't reach",
      next: 'Run pg-ha-dojo there (`npx dojo serve`) and open the address that it prints',
    })
  }
  if (storageDriver === 'vfs') {
    findings.push({
      id: 'engine-storage',
      title: 'Storage driver',
      state: 'warn',
      observed: 'vfs',
      why: 'it copies every image for every host: slow, and gigabytes per lab',
      next: 'Use overlay2 (`storage-driver` in /etc/docker/daemon.json)',
    })
  }
  if (!limitsMemory) {
    findings.push({
      id: 'engine-limits',
      title: 'Memory limits',
      state: 'warn',
      observed: 'the engine can not limit memory',
      why: 'a lab that runs wild takes memory from everything else',
      next: 'Turn on the memory cgroup (cgroup_enable=memory on the kernel command line)',
    })
  }
  return findings
}

export function memoryFinding(facts: EngineFacts): Finding {
  const memory = memoryForLabs(facts)
  const seen =
    facts.memoryAvailable === null ? 'in all, what is free can not be seen' : `free of ${inGiB(facts.memoryTotal)}`
  const finding = ok('memory', 'Memory', `${inGiB(memory)} ${seen}, ${facts.cpus} processors`)
  if (memory >= memoryLimits.warnBelow) return finding
  return {
    ...finding,
    state: memory < memoryLimits.refuseBelow ? 'fail' : 'warn',
    why: `one lab takes ${inGiB(memoryLimits.refuseBelow)} while it boots, and about 0.3 GiB when idle`,
    next: 'Close other programs, remove labs with `npx dojo down --all`, or give the engine more memory',
  }
}

export function diskFinding({ diskFree, rootFolder }: EngineFacts): Finding {
  if (diskFree === null) return ok('disk', 'Disk', `kept by the engine at ${rootFolder}; can not be seen from here`)
  const finding = ok('disk', 'Disk', `${inGiB(diskFree)} free at ${rootFolder}`)
  if (diskFree >= diskLimits.warnBelow) return finding
  return {
    ...finding,
    state: diskFree < diskLimits.refuseBelow ? 'fail' : 'warn',
    why: `building the host image takes 3 GiB for a moment, labs need ${inGiB(diskLimits.refuseBelow)} or more`,
    next: 'Free some space: `docker system df` shows what Docker holds, `docker image prune` removes what is unused',
  }
}

async function imageFinding(): Promise<Finding> {
  const { tag, state, sizeBytes } = await imageStatus()
  const title = 'Host image'
  if (state === 'current') return ok('image', title, `${tag}, ${Math.round((sizeBytes ?? 0) / 1e6)} MB`)
  const building = state === 'building'
  return {
    id: 'image',
    title,
    state: 'warn',
    observed: building ? `${tag} is being built` : `${tag} is not there`,
    why: 'labs are made from it',
    next: building
      ? 'Wait for the build'
      : 'Run `npx dojo image build` (1 to 3 minutes), or `npx dojo image import FILE`',
  }
}

const kernelUnknown = (error: unknown): Finding => ({
  id: 'kernel',
  title: 'Kernel abilities',
  state: 'warn',
  observed: error instanceof Error ? error.message : String(error),
  why: 'the container that tries them did not run',
  next: 'Run `npx dojo doctor` again; if it stays, `docker run --rm --cap-add NET_ADMIN debian:trixie-slim true` shows more',
})

async function portsFinding(): Promise<Finding> {
  const taken = (await Promise.all(fixedPorts.map(async (port) => ((await isFree(port)) ? [] : [port])))).flat()
  const title = 'Ports'
  if (taken.length === 0) return ok('ports', title, `${fixedPorts.join(', ')} are free on 127.0.0.1`)
  return {
    id: 'ports',
    title,
    state: 'warn',
    observed: `${taken.join(', ')} taken on 127.0.0.1`,
    why: 'only `--ports fixed` wants exactly these; otherwise labs get free ports',
    next: `See who has it with \`ss -ltnp\` or \`lsof -iTCP:${taken[0]}\`, or leave \`--ports fixed\` away`,
  }
}

/** Whether a port of the loopback interface can be listened on right now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
