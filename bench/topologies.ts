/**
 * Every topology that ships, booted, failed over under a host crash, stopped and started as a whole, and removed; one after
 * another, so that none measures another. Prints the table that README has. `--topologies trio,fleet` measures some.
 */
import { parseArgs } from 'node:util'
import { topologyNames } from '../src-main/lab/topology-file.js'
import { runTopology, type TopologyRun } from '../tests/support/topology-run.js'
import { finish } from './report/finish.js'
import type { Row } from './report/table.js'

const { values } = parseArgs({
  options: { topologies: { type: 'string' }, rounds: { type: 'string' }, json: { type: 'string' } },
})
const all = await topologyNames()
const wanted = values.topologies?.split(',') ?? all
const unknown = wanted.find((name) => !all.includes(name))
if (unknown !== undefined) throw new Error(`No topology "${unknown}". There are ${all.join(', ')}`)

const runs: TopologyRun[] = []
for (const name of wanted) {
  runs.push(await runTopology(name))
  console.error(JSON.stringify(runs.at(-1)))
}

const lines = runs.map(
  ({ topology, hosts, memoryMiB, bootS, failoverS, lost, mayLose, restartS }) =>
    `| \`${topology}\` | ${hosts} | ${memoryMiB} MiB | ${bootS} s | ${failoverS.toFixed(1)} s | ${lost}${mayLose === null ? '' : ' (promised)'} | ${restartS} s |`,
)
console.log(`For README:

| topology | hosts | memory | boot | no writes after a host crash | acknowledged writes lost | after a stop of everything |
|---|---|---|---|---|---|---|
${lines.join('\n')}
`)

const rowOf = ({ topology, bootS, failoverS, lost, mayLose, rows, violations, left }: TopologyRun): Row => {
  const kept = rows[0] === rows[1] && violations.length === 0 && !left.folder && left.containers === 0
  return {
    what: `${topology}: a host crash of its leader`,
    ours: `${failoverS.toFixed(1)} s, ${lost} lost`,
    against: `boots in ${bootS} s`,
    target: `<= 30 s${mayLose === null ? '' : `, ${mayLose} lost`}, its rows kept, no trace`,
    met: failoverS <= 30 && (mayLose === null || lost <= mayLose) && kept,
    n: 1,
  }
}
await finish({ name: 'topologies', rows: runs.map(rowOf), details: runs }, values.json)
