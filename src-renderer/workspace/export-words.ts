import type { ExportKind } from '../../src-main/contract/export.js'

interface KindWords {
  kind: ExportKind
  title: string
  /** What one gets, and what it takes to run it. */
  about: string
  /** What stands in a secret's place. */
  without: string
}

/** The three ways to take a lab home, the one that runs at once first. */
export const exportKindWords: readonly KindWords[] = [
  {
    kind: 'compose',
    title: 'Docker compose',
    about: 'The same hosts, image and configuration as a project of its own. Needs docker compose and openssl.',
    without: '`init.sh` makes new ones',
  },
  {
    kind: 'config',
    title: 'Configuration files',
    about: 'What each host is configured by, with comments that say why. Needs nothing: it is read and copied from.',
    without: '`@app_password@` and the like stand for them',
  },
  {
    kind: 'ansible',
    title: 'Ansible playbook',
    about: 'The cluster on Debian 13 machines of yours. Needs Ansible 2.16, and root on those machines.',
    without: '`init.sh` makes new ones',
  },
]

/** Where an export goes unless one says otherwise. */
export const exportFolder = (lab: string, kind: ExportKind): string => `~/pg-ha-dojo/${lab}-${kind}`
