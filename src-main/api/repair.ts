import type { Faults } from '../faults/index.js'
import type { LabHandle } from '../lab/handle.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'

const log = logFor('session')

/**
 * Brings a lab back as far as it can without losing data: heals faults, starts and thaws hosts, starts services that
 * somebody stopped, ends maintenance mode, sets Patroni's settings back to what the lab was booted with. Whether the lab is healthy then is for others to say.
 */
export async function repairLab(
  handle: Pick<LabHandle, 'info' | 'hostStates' | 'power' | 'exec'>,
  faults: Pick<Faults, 'heal'>,
  signal: AbortSignal,
): Promise<void> {
  const { lab, hosts } = handle.info
  await logged(log, 'repair lab', { lab }, async () => {
    // one that can't be healed must not keep the others from it; its own record says why
    await faults.heal().catch((err: unknown) => log.warn({ lab, err }, 'some faults could not be healed'))
    signal.throwIfAborted()
    const states = await handle.hostStates()
    await Promise.all(
      hosts.map(async ({ name }) => {
        const container = states[name]?.container
        if (container === 'paused') await handle.power.unpause(name)
        if (container === 'exited') await handle.power.start(name)
      }),
    )
    signal.throwIfAborted()
    await Promise.all(
      hosts.map(({ name, services }) =>
        handle
          .exec(name, ['sv', 'up', ...services], { user: 'root', signal, timeoutMs: 15_000 })
          .catch((err: unknown) => log.warn({ lab, host: name, err }, 'services could not be started')),
      ),
    )
    signal.throwIfAborted()
    await setBack(handle, signal)
  })
}

/**
 * Patroni's settings as the lab was booted with, and no maintenance mode. One command for all: each takes a second.
 * "Not changed" is its way to say that nothing was to do.
 */
async function setBack({ info, exec }: Pick<LabHandle, 'info' | 'exec'>, signal: AbortSignal): Promise<void> {
  const settings = Object.entries({ pause: null, ...info.settings.patroni })
  // a person's own words, where they gave some: `quorum` is more than `true`
  const born = info.patroni?.config ?? {}
  const pairs = settings.flatMap(([name, value]) => ['-s', `${name}=${JSON.stringify(born[name] ?? value)}`])
  for (const { name, services } of info.hosts) {
    if (!services.includes('patroni')) continue
    try {
      const argv = ['patronictl', 'edit-config', '--force', '--quiet', ...pairs]
      const { code, stdout, stderr } = await exec(name, argv, { signal, timeoutMs: 20_000 })
      if (code === 0 || /not changed/i.test(stdout + stderr)) return
    } catch {
      signal.throwIfAborted() // this host can't; the next one may
    }
  }
}
