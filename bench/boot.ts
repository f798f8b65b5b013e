import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connectDocker } from '../src-main/docker/engine.js'
import { ensureHostImage } from '../src-main/docker/image-build.js'
import { createLabNetwork, removeLabNetwork } from '../src-main/docker/networks.js'
import { downLab, upLab } from '../src-main/lab/labs.js'
import { ownerOf, openHome } from '../src-main/lab/store.js'
import { loadTopology } from '../src-main/lab/topology-file.js'
import { composeSeconds, hasCompose } from './boot/compose.js'
import { floorSeconds, sum, type Floor } from './boot/floor.js'
import { finish } from './report/finish.js'
import { median } from './report/numbers.js'
import type { Row } from './report/table.js'

const targets = { compose: 0.25, floor: 1.5 }

/**
 * Boot of pair-witness until SQL says healthy, beside the same image under docker-compose with Patroni's defaults, and
 * beside the floor. Rounds are interleaved, so that whatever else the machine does meets all three. The median of each
 * counts. The floor's parts are those of its middle round.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, json: { type: 'string' } } })
const { tag: image } = await ensureHostImage()
const docker = await connectDocker()
const home = await openHome(await mkdtemp(join(tmpdir(), 'dojo-bench-')))
const topology = await loadTopology('pair-witness')
const composes = await hasCompose()
const dojo: number[] = []
const compose: number[] = []
const floors: Floor[] = []

/** A prefix that is free now; the network is given up again for compose to make its own. */
async function freePrefix(): Promise<string> {
  const owner = ownerOf(home, 'prefix')
  const prefix = await createLabNetwork(docker, owner)
  await removeLabNetwork(docker, owner)
  return prefix
}

try {
  for (let round = 1; round <= Number(values.rounds); round++) {
    const { seconds, lab } = await upLab({ topology: 'pair-witness' }, { home })
    dojo.push(seconds['total']!)
    await downLab(lab, home)
    floors.push(await floorSeconds(home.id, topology, image))
    if (composes) compose.push(await composeSeconds(ownerOf(home, 'compose'), topology, image, await freePrefix()))
    const said = [dojo, compose].map((times) => (times.length > 0 ? `${times.at(-1)!.toFixed(1)} s` : 'not here'))
    console.error(
      `round ${round}: dojo ${said[0]}, docker-compose ${said[1]}, floor ${sum(floors.at(-1)!).toFixed(1)} s`,
    )
  }
} finally {
  await rm(home.dir, { recursive: true, force: true })
}

const floor = floors.toSorted((a, b) => sum(a) - sum(b))[Math.floor((floors.length - 1) / 2)]!
const middle = {
  dojo: median(dojo),
  compose: composes ? median(compose) : null,
  floor: median(floors.map(sum)),
}
const inSeconds = (seconds: number): string => `${seconds.toFixed(2)} s`
const against = (words: string, seconds: number | null, target: number): Row => {
  const ratio = seconds === null ? null : middle.dojo / seconds
  return {
    what: 'boot pair-witness until SQL-healthy, median',
    ours: inSeconds(middle.dojo),
    against: `${words} ${seconds === null ? 'not measured: it is not here' : inSeconds(seconds)}`,
    value: ratio?.toFixed(2) ?? '',
    target: `<= ${target}`,
    met: ratio === null ? null : ratio <= target,
    n: dojo.length,
  }
}
const parts = Object.entries(floor).map(([part, seconds]) => `${part} ${(seconds as number).toFixed(2)}`)
await finish(
  {
    name: 'boot',
    rows: [
      against(
        "docker-compose, same image, Patroni's defaults and plain start scripts",
        middle.compose,
        targets.compose,
      ),
      against(`floor (${parts.join(', ')})`, middle.floor, targets.floor),
    ],
    details: { middle, targets, rounds: { dojo, compose, floor: floors.map(sum), floorParts: floors } },
  },
  values.json,
)
