import { isDeepStrictEqual } from 'node:util'
import type { ConfigChange, ConfigView } from '../../contract/config.js'
import { DojoError } from '../../contract/errors.js'
import type { LabHost } from '../../contract/lab.js'
import { timeoutsOf } from '../../lab/patroni-rules.js'
import { waitFor } from '../../util/wait-for.js'
import { patroniClient } from '../patroni.js'
import { parameterOf, patchOf, pathOf, requireUsable, valueAt } from './key.js'
import { dataHostsOf, readConfigView, readDynamic, settingsOn, type ConfigReach } from './read.js'

/** A Patroni that is busy with PostgreSQL takes longer than its loop_wait. */
const slackMs = 12_000
/** Patroni waits a second after it has told PostgreSQL to reload, before it looks what waits for a restart. */
const reloadMs = 6_000

/**
 * Changes one value of the dynamic configuration through Patroni's REST API, waits until every Patroni that answers has
 * taken it up, and says what waits for a restart on which host. `value` null takes the key out.
 * @throws DojoError setting-invalid when it could not be used, and nothing was changed; command-failed when no Patroni takes it
 */
export async function changeConfig(reach: ConfigReach, key: string, value: unknown): Promise<ConfigChange> {
  const path = pathOf(key)
  const hosts = inOrder(reach)
  const name = parameterOf(path)
  requireUsable(path, value, name === null ? null : await rowOf(reach, hosts, name))
  const before = valueAt((await readDynamic(reach)).config, path)
  const asked = value ?? undefined
  const startedAt = performance.now()
  const config = await patch(reach, hosts, patchOf(path, value))
  const takenUp = await untilTakenUp(reach, hosts, config)
  const full = path.join('.')
  const view = await settled(reach, full, takenUp)
  return {
    key: full,
    ...(before === undefined ? {} : { before }),
    ...(asked === undefined ? {} : { asked }),
    changed: !isDeepStrictEqual(before, asked),
    seconds: Math.round(performance.now() - startedAt) / 1000,
    takenUp,
    restart: view.hosts.flatMap(({ name: host, restart }) =>
      restart.length > 0 ? [{ host, parameters: restart }] : [],
    ),
    findings: view.findings.filter((finding) => finding.key === full || isTimeout(full, finding.key)),
  }
}

/** The three timeouts depend on each other: changing one may have Patroni adjust another. */
const timeouts = ['ttl', 'loop_wait', 'retry_timeout']
const isTimeout = (changed: string, other: string): boolean => timeouts.includes(changed) && timeouts.includes(other)

/** The leader first: it is the one that answers, as a rule. */
function inOrder({ info, state }: ConfigReach): LabHost[] {
  const { leader } = state()
  return dataHostsOf(info).toSorted((a, b) => Number(b.name === leader) - Number(a.name === leader))
}

async function rowOf({ credentials }: ConfigReach, hosts: readonly LabHost[], name: string) {
  for (const host of hosts) {
    const rows = await settingsOn(host, credentials, [name]).catch(() => null)
    if (rows) return rows.get(name) ?? null
  }
  throw new DojoError('command-failed', {
    what: `Nobody can say whether ${name} is a parameter`,
    why: 'no PostgreSQL of this lab answers',
    next: 'Nothing was changed; see `dojo health` for what is wrong',
  })
}

/** @returns the whole configuration as Patroni has stored it */
async function patch(
  { credentials }: ConfigReach,
  hosts: readonly LabHost[],
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const whys: string[] = []
  for (const { name, endpoints } of hosts) {
    const said = await patroniClient(endpoints.patroni!).patchConfig(body, credentials.patroniRest)
    if (said.ok) return said.value
    whys.push(`${name}: ${said.why}`)
  }
  throw new DojoError('command-failed', {
    what: 'No Patroni took the change',
    why: whys.join('; '),
    next: 'Nothing was changed; try again, and if it goes on, see `dojo health`',
  })
}

/** Hosts whose Patroni has begun a cycle after the change: it reads the configuration in each. */
async function untilTakenUp(
  { info }: ConfigReach,
  hosts: readonly LabHost[],
  config: Record<string, unknown>,
): Promise<string[]> {
  const seen = timeoutsOf(config)
  // a Patroni that has not taken up a shorter loop_wait still sleeps for the longer one
  const loopMs = ('wrong' in seen ? 10 : Math.max(10, seen.values.loop_wait)) * 1000
  const done = await Promise.all(
    hosts.map(async ({ name, endpoints }) => {
      const client = patroniClient(endpoints.patroni!)
      const lastSeen = async (): Promise<number> => {
        const said = await client.get('/patroni')
        return said.ok ? Number((said.value.body as { dcs_last_seen?: number }).dcs_last_seen ?? 0) : 0
      }
      const first = await lastSeen()
      if (first === 0) return null
      return waitFor(lastSeen, (now) => now > first, {
        what: `Patroni on ${name} in lab "${info.lab}" to look at its configuration`,
        withinMs: loopMs + slackMs,
        signal: new AbortController().signal,
        describe: (now) => `it read etcd last at ${now}`,
      }).then(
        () => name,
        () => null, // it is away or stuck: the view says so
      )
    }),
  )
  return done.filter((name) => name !== null)
}

/** The view once nothing about the key is on its way any more, or that has lasted too long: then it is told so. */
async function settled(reach: ConfigReach, key: string, takenUp: readonly string[]): Promise<ConfigView> {
  let last: ConfigView | null = null
  const look = async (): Promise<ConfigView> => (last = await readConfigView(reach))
  const isSettled = ({ findings }: ConfigView): boolean =>
    !findings.some(
      (finding) =>
        finding.kind === 'waiting' &&
        (finding.key === key || isTimeout(key, finding.key)) &&
        (finding.host === null || takenUp.includes(finding.host)),
    )
  return waitFor(look, isSettled, {
    what: `${key} to be in force`,
    withinMs: reloadMs,
    everyMs: 300,
    signal: new AbortController().signal,
    describe: ({ findings }) => JSON.stringify(findings),
  }).catch((error: unknown) => {
    if (last) return last
    throw error
  })
}
