import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { exportKinds, type ExportedFile, type ExportKind } from '../../../src-main/contract/export.js'
import { exportLab } from '../../../src-main/lab/export/index.js'
import { loadedSql } from '../../../src-main/lab/load-sql.js'
import { prepareLab } from '../../../src-main/lab/prepare.js'
import { changeState, openHome } from '../../../src-main/lab/store.js'

const lab = 'of-a-person'
const own = `postgresql:
  parameters:
    work_mem: 12MB
    archive_cleanup_command: 'echo {{ user }} {% raw %} {# %r'
`
let dir: string
let sql: string
const exports = new Map<ExportKind, ExportedFile[]>()

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dojo-export-'))
  const home = await openHome(dir)
  const asked = { topology: 'async-cron', name: lab, patroni: { file: 'mine.yml', text: own } }
  const { info } = await prepareLab(home, asked, 'pg-ha-dojo/host:0', { memoryTotal: 2 ** 40 })
  await changeState(home, lab, { state: 'healthy' })
  for (const kind of exportKinds) exports.set(kind, (await exportLab(home, lab, kind)).files)
  sql = (await loadedSql(info.spec)).load!
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const inHost = (kind: ExportKind, path: string): string => {
  const found = exports.get(kind)!.find((file) => file.path.endsWith(`node1/etc/patroni/${path}`))
  return kind === 'ansible' ? afterJinja(found!.content) : found!.content
}
/** What Jinja makes of a text in quotes; a variable of ours is left. */
const afterJinja = (content: string): string => content.replaceAll(/\{\{ '([^']*)' \}\}/g, '$1')

test.each(exportKinds)('as %s it has the configuration that its lab was born with', (kind) => {
  const { parameters } = parse(inHost(kind, 'patroni.yml'), { version: '1.1' }).bootstrap.dcs.postgresql
  expect(parameters).toMatchObject({ work_mem: '12MB', archive_cleanup_command: 'echo {{ user }} {% raw %} {# %r' })
})

test.each(exportKinds)('as %s it has the data that its topology loads', (kind) => {
  expect(inHost(kind, 'database.sql')).toContain(`BEGIN;\n${sql.trimEnd()}\nCOMMIT;`)
})

test("in the playbook's templates, what others wrote begins nothing of Jinja's", () => {
  const { content } = exports.get('ansible')!.find(({ path }) => path.endsWith('node1/etc/patroni/patroni.yml'))!
  const begun = content.match(/\{[{%#] ?\S+/g)!
  const ours = /^\{\{ (network|\w+_password|'\{[{%#]')$/
  expect(begun).toContain("{{ '{%'")
  expect(begun.filter((text) => !ours.test(text))).toEqual([])
})
