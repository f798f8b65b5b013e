import { z } from 'zod'
import type { ConfigReach } from '../cluster/config/read.js'
import type { LabSession } from './session.js'

/** Prints the parameters alone: the file holds passwords as well. */
const ownScript = `import json, yaml
with open('/etc/patroni/patroni.yml') as file:
    config = yaml.safe_load(file)
print(json.dumps((config.get('postgresql') or {}).get('parameters') or {}, default=str))`

const parameters = z.record(z.string(), z.unknown())

/** What reading and changing the dynamic configuration may use of a lab. */
export const configReach = async ({ handle, state }: LabSession): Promise<ConfigReach> => ({
  info: handle.info,
  credentials: await handle.credentials(),
  state,
  async ownParameters(host) {
    const { code, stdout, stderr } = await handle.exec(host, ['python3', '-c', ownScript], { timeoutMs: 5_000 })
    if (code !== 0) throw new Error(stderr.trim().split('\n').at(-1))
    return parameters.parse(JSON.parse(stdout))
  },
})
