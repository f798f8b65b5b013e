import type { ClusterState } from '../../src-main/contract/cluster.js'
import type { LabInfo } from '../../src-main/contract/lab.js'
import { fresh } from './scene-base.js'

/** Whose fresh word the picture rests on: "pg2, the witness and the client's route". */
export function reporters(info: LabInfo, state: ClusterState): string {
  const names = info.hosts.flatMap(({ name, services }) => {
    const view = state.hosts.find((host) => host.name === name)
    const speaks = fresh(view?.patroni) !== null || fresh(view?.postgres) !== null
    const votes = fresh(state.etcd)?.members.some((member) => member.name === name && member.answers) ?? false
    if (services.includes('patroni')) return speaks ? [name] : []
    return services.includes('etcd') && votes ? [/\d$/.test(name) ? name : `the ${name}`] : []
  })
  if (state.probe?.running) names.push('the client’s route')
  if (names.length === 0) return 'only the engine'
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`
}
