import type { ConfigView } from '../../contract/config.js'
import type { ClusterState } from '../../contract/cluster.js'
import { DojoError } from '../../contract/errors.js'
import type { Credentials, LabHost, LabInfo } from '../../contract/lab.js'
import { patroniClient } from '../patroni.js'
import { query } from '../postgres.js'
import { whyOf } from '../reading.js'
import type { HostReading } from './about-parameter.js'
import { settingRowOf, settingsSql, type SettingRow } from './parameters.js'
import { configViewOf, parametersOf } from './view.js'

const timeoutMs = 2_500

export interface ConfigReach {
  info: LabInfo
  credentials: Credentials
  state(): ClusterState
  /** `postgresql.parameters` of a host's own patroni.yml. Rejects when it can not be read. */
  ownParameters(host: string): Promise<Record<string, unknown>>
}

export type Dynamic = { source: string; config: Record<string, unknown> }

/** Those of the main site: another one has a scope, and with it a dynamic configuration, of its own. */
export const dataHostsOf = ({ hosts }: LabInfo): LabHost[] =>
  hosts.filter(({ endpoints, site }) => endpoints.patroni && site === undefined)

/**
 * The dynamic configuration as somebody asked for it. From etcd while it can be read: a Patroni that has just adjusted a
 * value may show the adjusted one for a moment.
 * @throws DojoError command-failed when neither etcd nor any Patroni can say it
 */
export async function readDynamic({ info, state }: Pick<ConfigReach, 'info' | 'state'>): Promise<Dynamic> {
  const { dcs } = state()
  if (dcs.value && !dcs.stale && Object.keys(dcs.value.config).length > 0) {
    return { source: 'etcd', config: dcs.value.config }
  }
  for (const { name, endpoints } of dataHostsOf(info)) {
    const said = await patroniClient(endpoints.patroni!).config(timeoutMs)
    if (said.ok && typeof said.value === 'object') return { source: name, config: said.value }
  }
  throw new DojoError('command-failed', {
    what: `The dynamic configuration of "${info.lab}" can't be read`,
    why: 'neither etcd nor any Patroni answers with it',
    next: `See what is wrong with \`dojo health ${info.lab}\``,
  })
}

/** What PostgreSQL of one host says of some parameters. @throws what pg throws */
export async function settingsOn(
  { endpoints }: LabHost,
  { superuser }: Credentials,
  names: readonly string[],
): Promise<Map<string, SettingRow>> {
  const rows = await query(endpoints.postgres!, superuser, settingsSql, { timeoutMs, values: [[...names]] })
  return new Map(rows.map(settingRowOf).map((row) => [row.name, row]))
}

/** Reads everything that `dojo config` shows, from all data hosts at once. */
export async function readConfigView(reach: ConfigReach): Promise<ConfigView> {
  const { info, state } = reach
  const { source, config } = await readDynamic(reach)
  const names = [...parametersOf(config).keys()]
  const hosts = await Promise.all(dataHostsOf(info).map((host) => readHost(reach, host, names)))
  const { dcs } = state()
  const leaseTtlS = dcs.stale ? null : (dcs.value?.lease?.ttlS ?? null)
  return configViewOf({ lab: info.lab, scope: info.scope, at: Date.now(), source, config, hosts, leaseTtlS })
}

async function readHost(reach: ConfigReach, host: LabHost, names: readonly string[]): Promise<HostReading> {
  const nothing = { name: host.name, settings: new Map<string, SettingRow>(), restart: [], own: null }
  try {
    const [settings, said, own] = await Promise.all([
      settingsOn(host, reach.credentials, names),
      patroniClient(host.endpoints.patroni!).get('/patroni', timeoutMs),
      reach.ownParameters(host.name).catch(() => null),
    ])
    const reasons = said.ok ? (said.value.body as { pending_restart_reason?: object }).pending_restart_reason : {}
    const waiting = Object.keys(reasons ?? {}).map((name) => name.toLowerCase())
    const unread = waiting.filter((name) => !settings.has(name))
    for (const [name, row] of unread.length > 0 ? await settingsOn(host, reach.credentials, unread) : [])
      settings.set(name, row)
    return { ...nothing, settings, restart: waiting, own }
  } catch (error) {
    return { ...nothing, why: whyOf(error) }
  }
}
