import type { ExportKind } from '../../contract/export.js'
import { DojoError } from '../../contract/errors.js'
import type { LabInfo } from '../../contract/lab.js'
import { readCredentials } from '../credentials.js'
import { loadedSql } from '../load-sql.js'
import type { LabPlan } from '../plan.js'
import { requireLab, type Home } from '../store.js'
import { asAnsible } from './ansible.js'
import { asCompose } from './compose.js'
import { asConfig } from './config.js'
import { leftOutOf } from './left-out.js'
import type { ExportedFile } from './tokens.js'

/** What an export is made from: the lab, and its plan with real user names and addresses, without certificates. */
export interface ExportSource {
  info: LabInfo
  plan: Omit<LabPlan, 'pki'>
}

/** What an export is before it is written. */
export interface MadeExport {
  files: ExportedFile[]
  leftOut: string[]
}

const kinds: Record<ExportKind, (source: ExportSource) => ExportedFile[]> = {
  compose: asCompose,
  config: asConfig,
  ansible: asAnsible,
}

/**
 * A lab as files that work without the app, from what its folder says of it: its hosts need not run. No secret is in it.
 * @throws DojoError unknown-lab; lab-busy while it has no addresses yet
 */
export async function exportLab(home: Home, lab: string, as: ExportKind): Promise<MadeExport> {
  const { info } = await requireLab(home, lab)
  const prefix = info.hosts[0]!.address.split('.').slice(0, 3).join('.')
  if (info.state === 'booting') {
    throw new DojoError('lab-busy', {
      what: `Lab "${lab}" can't be exported now`,
      why: 'it is still booting, and has no addresses yet',
      next: `Wait until \`dojo status ${lab}\` calls it healthy`,
    })
  }
  const { spec: topology, settings, scope } = info
  if (as === 'ansible' && settings.security === 'tls') {
    throw new DojoError('usage', {
      what: `Lab "${lab}" can't be exported as ansible`,
      why: 'it speaks TLS everywhere, and the playbook installs certificates for pgBackRest alone',
      next: 'Export it as compose or config, or a lab without TLS as ansible',
    })
  }
  const dynamic = info.patroni ? { dynamic: info.patroni.config } : {}
  const [credentials, load] = await Promise.all([readCredentials(info.credentials), loadedSql(topology)])
  const plan = { lab, scope, topology, settings, ...dynamic, prefix, credentials, ...load }
  const files = kinds[as]({ info, plan })
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), leftOut: leftOutOf(as, topology) }
}
