import type { ExportKind } from '../../contract/export.js'
import type { HostFile } from '../../docker/archive.js'
import { clusterHealthConf } from '../render/cluster-health.js'

const again = (host: string): string => `beside init.sh: rm secrets/${host}/host.key && ./init.sh`
const renewal: Record<ExportKind, (host: string) => string> = {
  compose: (host) => `${again(host)} && docker compose restart ${host}`,
  config: () => 'sign one with the authority that signed this',
  ansible: (host) => `${again(host)} && ansible-playbook site.yml`,
}

/** What cluster-health says of a certificate that is over: a lab heals a fault, and nobody does that for an export. */
export function renewable(file: HostFile, host: string, as: ExportKind): HostFile {
  if (file.path !== clusterHealthConf) return file
  return { ...file, content: file.content.replace(/^RENEW=.*$/m, `RENEW='${renewal[as](host)}'`) }
}
