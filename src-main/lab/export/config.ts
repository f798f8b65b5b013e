import { baseBackupHosts, firstLeaderOf, schedulesOf } from '../plan.js'
import { cronScripts, patroniHere, scheduledBackup } from './debian.js'
import { below, filesOf, readable, scriptOfImage } from './files.js'
import type { ExportSource } from './index.js'
import { postgresqlConf } from './postgresql-conf.js'
import { configReadme } from './readme.js'
import { plainTokens, withoutSecrets, type ExportedFile } from './tokens.js'

const patroniYml = '/etc/patroni/patroni.yml'

/** One folder per host, with each file where it is on that host, and postgresql.conf to be read. */
export function asConfig({ info, plan }: ExportSource): ExportedFile[] {
  const bare = withoutSecrets(plan, { ...plainTokens, prefix: plan.prefix })
  const first = filesOf(bare, firstLeaderOf(plan.topology), 'config').find(({ path }) => path === patroniYml)!.content
  const hosts = Object.keys(plan.topology.hosts).flatMap((host) => {
    const files = filesOf(bare, host, 'config').filter(({ path }) => !/\.(crt|key)$/.test(path))
    const own = files.find(({ path }) => path === patroniYml)?.content
    return below(host, [
      ...files.map(({ path, content, mode }) => ({ path: path.slice(1), content, mode })),
      ...(own ? [{ path: 'postgresql.conf', content: postgresqlConf(bare, own, first).content, mode: readable }] : []),
    ])
  })
  const cron = [
    ...(baseBackupHosts(plan.topology).length > 0 ? [...cronScripts, patroniHere] : []),
    ...(schedulesOf(plan.settings).length > 0 ? [scheduledBackup] : []),
  ]
  return [
    ...hosts,
    ...scriptOfImage('/usr/local/bin/cluster-health'),
    ...below('scripts', cron.flatMap(scriptOfImage)),
    configReadme({ info, plan }),
  ]
}
