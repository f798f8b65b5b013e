import type { Finding } from '../contract/doctor.js'
import { connectDocker } from '../docker/engine.js'
import { hostImageTag, imageStatus } from '../docker/image-status.js'
import { probeKernel, type KernelAbilities } from '../docker/kernel.js'

let known: Promise<KernelAbilities> | undefined

/** What this engine's kernel can do, tried once per process; null until the host image is there to try it with. */
export async function kernelAbilities(): Promise<KernelAbilities | null> {
  if (known) return known
  if ((await imageStatus()).state !== 'current') return null
  known = probeKernel(await connectDocker(), hostImageTag())
  known.catch(() => (known = undefined))
  return known
}

/** A few words for the home screen. */
export async function kernelInWords(): Promise<string> {
  const abilities = await kernelAbilities()
  if (!abilities) return 'not tried yet: the host image is missing'
  const names = { nft: 'partitions', netem: 'latency and loss', tbf: 'bandwidth limits' } as const
  const can = (works: boolean) =>
    Object.entries(names)
      .filter(([key]) => abilities[key as keyof typeof names].works === works)
      .map(([, words]) => words)
  const [yes, no] = [can(true), can(false)]
  return [
    yes.length > 0 ? yes.join(', ') : 'no network faults',
    ...(no.length > 0 ? [`no ${no.join(', no ')}`] : []),
  ].join('; ')
}

export async function kernelFindings(): Promise<Finding[]> {
  const abilities = await kernelAbilities()
  if (!abilities) {
    const next = 'Run `npx dojo image build`, then `npx dojo doctor` again'
    return [
      {
        id: 'kernel',
        title: 'Kernel abilities',
        state: 'warn',
        observed: 'not tried: the host image is missing',
        next,
      },
    ]
  }
  const finding = (key: keyof KernelAbilities, title: string, lost: string): Finding => {
    const { works, detail } = abilities[key]
    if (works) return { id: `kernel-${key}`, title, state: 'ok', observed: 'works' }
    const next =
      'Use an engine with another kernel for those faults (Docker Desktop, OrbStack and most distributions have it)'
    return { id: `kernel-${key}`, title, state: 'warn', observed: detail, why: `Without it ${lost}`, next }
  }
  return [
    finding('nft', 'Packet filter (nftables)', 'hosts can be stopped and frozen, but not cut off from each other'),
    finding('netem', 'Latency and loss (netem)', 'faults that delay or lose packets are not offered'),
    finding('tbf', 'Bandwidth limits (tbf)', 'faults that narrow a link are not offered'),
  ]
}
