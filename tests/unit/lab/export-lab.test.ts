import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { exportKinds, type ExportKind, type ExportRequest } from '../../../src-main/contract/export.js'
import { readCredentials } from '../../../src-main/lab/credentials.js'
import { exportLab } from '../../../src-main/lab/export/index.js'
import { takeHome } from '../../../src-main/lab/export/take-home.js'
import type { ExportedFile } from '../../../src-main/lab/export/tokens.js'
import { loadedSql } from '../../../src-main/lab/load-sql.js'
import { prepareLab } from '../../../src-main/lab/prepare.js'
import { changeState, openHome, type Home } from '../../../src-main/lab/store.js'

const lab = 'of-a-person'
const own = `postgresql:
  parameters:
    work_mem: 12MB
    archive_cleanup_command: 'echo {{ user }} {% raw %} {# %r'
`
let dir: string
let home: Home
let credentials: string
let sql: string
const exports = new Map<ExportKind, ExportedFile[]>()

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dojo-export-'))
  home = await openHome(dir)
  const asked = { topology: 'async-cron', name: lab, patroni: { file: 'mine.yml', text: own } }
  const { info } = await prepareLab(home, asked, 'pg-ha-dojo/host:0', { memoryTotal: 2 ** 40 })
  await changeState(home, lab, { state: 'healthy' })
  for (const kind of exportKinds) exports.set(kind, (await exportLab(home, lab, kind)).files)
  credentials = info.credentials
  sql = (await loadedSql(info.spec)).load!
})
afterAll(() => rm(dir, { recursive: true, force: true }))

describe('taken home', () => {
  let folders: string
  const take = (folder: string, more: Partial<ExportRequest> = {}) =>
    takeHome(home, { lab, as: 'config', folder, secrets: false, ...more })
  beforeEach(async () => void (folders = await mkdtemp(join(tmpdir(), 'dojo-taken-'))))
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folders, { recursive: true, force: true })
  })

  test('it is a folder of files, with what to run next and what is not in it', async () => {
    const folder = join(folders, 'my labs', 'home')
    const { next, leftOut, files, ...rest } = await take(folder)
    expect(rest).toEqual({ lab, as: 'config', folder, secrets: false })
    expect(next).toBe(`cd '${folder}' && less README.md`)
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(expect.arrayContaining(files))
    const readme = await readFile(join(folder, 'README.md'), 'utf8')
    expect(leftOut.length).toBeGreaterThan(3)
    for (const line of leftOut) expect(readme).toContain(`- ${line}\n`)
  })

  test('with its passwords only where they are asked for, for their owner alone', async () => {
    const { password } = (await readCredentials(credentials)).app
    const holding = async (folder: string): Promise<string[]> => {
      const all = await readdir(folder, { recursive: true, withFileTypes: true })
      const paths = all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
      const texts = await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')] as const))
      return texts.filter(([, text]) => text.includes(password)).map(([path]) => path)
    }
    await take(join(folders, 'bare'))
    expect(await holding(join(folders, 'bare'))).toEqual([])
    expect(await take(join(folders, 'own'), { as: 'compose', secrets: true })).toMatchObject({
      secrets: true,
      next: `cd ${join(folders, 'own')} && ./init.sh && docker compose up -d`,
    })
    const found = await holding(join(folders, 'own'))
    expect(found).toEqual([join(folders, 'own', 'secrets', 'passwords', 'app')])
    expect((await stat(found[0]!)).mode & 0o777).toBe(0o600)
  })

  test('~ is the home of who runs the app; from elsewhere a path has to be whole', async () => {
    vi.stubEnv('HOME', folders)
    expect((await take('~/labs/one ')).folder).toBe(join(folders, 'labs', 'one'))
    await expect(take('labs/one')).rejects.toMatchObject({
      code: 'folder-unfit',
      said: { next: `Give the whole path, for example ~/pg-ha-dojo/${lab}-config` },
    })
  })

  test('what is in a folder already stays as it is', async () => {
    await writeFile(join(folders, 'mine'), 'mine')
    await expect(take(folders)).rejects.toMatchObject({
      code: 'folder-unfit',
      said: { what: `${folders} is not empty` },
    })
    expect(await readdir(folders)).toEqual(['mine'])
  })
})

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
