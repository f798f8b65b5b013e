import type { ExportedFile } from '../../contract/export.js'
import type { ExportSource } from './index.js'
import { ansibleReadme } from './readme.js'

export const asAnsible = (source: ExportSource): ExportedFile[] => [ansibleReadme(source)]
