import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ExportKind } from '../../contract/export.js'
import type { HostFile } from '../../docker/archive.js'
import { readRecipe, recipeFolder } from '../../docker/image-recipe.js'
import { appRoot } from '../../util/app-root.js'
import { hostsWith, runs, type LabPlan } from '../plan.js'
import { renderHost } from '../render/index.js'
import { annotated } from './annotate.js'
import { durable } from './durable.js'
import { renewable } from './renewal.js'
import { secretsOf, type ExportedFile } from './tokens.js'

export const executable = 0o755
export const readable = 0o644

/** Everything that a host is configured by, with comments. Keys and certificates are tokens in it, if anything. */
export const filesOf = (plan: LabPlan, host: string, as: ExportKind): HostFile[] =>
  renderHost(plan, host).map((file) => annotated(durable(renewable(file, host, as))))

/** Files that are the same in every export, from labs/export/: below a folder of it, or one of them. */
export function fixedFiles(...path: string[]): ExportedFile[] {
  const from = join(appRoot(), 'labs', 'export', ...path)
  if (statSync(from).isFile()) return [fixedFile(from, path.at(-1)!)]
  const names = readdirSync(from, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'))
  return names.filter((name) => statSync(join(from, name)).isFile()).map((name) => fixedFile(join(from, name), name))
}

function fixedFile(from: string, path: string): ExportedFile {
  const content = readFileSync(from, 'utf8')
  return { path, content, mode: content.startsWith('#!') ? executable : readable }
}

/** The script that makes secrets, and what it reads: whose certificates, and which passwords there must be. */
export function initFiles({ topology, credentials }: Pick<LabPlan, 'topology' | 'credentials'>): ExportedFile[] {
  // a client's TLS goes through a proxy to PostgreSQL, so that the certificate there is for the proxy's name as well
  const proxies = hostsWith(topology, 'haproxy')
  const named = (host: string): string => [host, ...(runs(topology, host, 'patroni') ? proxies : [])].join(' ')
  const listOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
  return [
    ...fixedFiles('init.sh'),
    { path: 'hosts/names', content: listOf(Object.keys(topology.hosts).map(named)), mode: readable },
    { path: 'hosts/secrets', content: listOf(Object.keys(secretsOf(credentials))), mode: readable },
  ]
}

/** What the host image is made of, and what makes its base where no registry can be reached. */
export function imageFiles(): ExportedFile[] {
  const recipe = readRecipe().map(({ path, mode, content }) => ({ path, mode, content: content.toString('utf8') }))
  const base = readFileSync(join(recipeFolder(), 'base', 'make-base.sh'), 'utf8')
  return [...recipe, { path: 'base/make-base.sh', mode: executable, content: base }]
}

/** A script of the host image by its path in a host, or nothing where the image has no such. */
export function scriptOfImage(path: string): ExportedFile[] {
  const found = readRecipe().find((file) => file.path === `rootfs${path}`)
  return found ? [{ path: path.split('/').at(-1)!, mode: executable, content: found.content.toString('utf8') }] : []
}

export const below = (folder: string, files: readonly ExportedFile[]): ExportedFile[] =>
  files.map((file) => ({ ...file, path: `${folder}/${file.path}` }))
