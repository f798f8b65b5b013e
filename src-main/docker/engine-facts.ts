import { readFile, statfs } from 'node:fs/promises'
import { connectEngine } from './engine.js'

/** The machine behind the engine, as far as it can be seen from here. */
export interface EngineFacts {
  where: string
  from: string
  version: string
  apiVersion: string
  remote: boolean
  cpus: number
  memoryTotal: number
  /** Null when the engine runs in a virtual machine or elsewhere: its free memory can't be seen then. */
  memoryAvailable: number | null
  /** Bytes free where images and containers are kept; null for the same reason. */
  diskFree: number | null
  rootFolder: string
  storageDriver: string
  limitsMemory: boolean
}

export async function engineFacts(): Promise<EngineFacts> {
  const { docker, where, from, version, apiVersion, remote } = await connectEngine()
  const info = (await docker.info()) as {
    NCPU: number
    MemTotal: number
    DockerRootDir: string
    Driver: string
    MemoryLimit: boolean
    KernelVersion: string
  }
  const ours = !remote && (await isOurKernel(info.KernelVersion))
  return {
    where,
    from,
    version,
    apiVersion,
    remote,
    cpus: info.NCPU,
    memoryTotal: info.MemTotal,
    memoryAvailable: ours ? await memoryAvailable() : null,
    diskFree: ours ? await free(info.DockerRootDir) : null,
    rootFolder: info.DockerRootDir,
    storageDriver: info.Driver,
    limitsMemory: info.MemoryLimit,
  }
}

/** An engine in a VM (Docker Desktop, Colima, WSL) runs another kernel than the one under this process. */
async function isOurKernel(version: string): Promise<boolean> {
  try {
    return (await readFile('/proc/sys/kernel/osrelease', 'utf8')).trim() === version
  } catch {
    return false // not Linux
  }
}

async function memoryAvailable(): Promise<number | null> {
  const kib = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]
  return kib ? Number(kib) * 1024 : null
}

async function free(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
