#!/usr/bin/env node
// Adds to package-lock.json the optional packages that are only built for other systems.
//
// npm leaves out of the lockfile what a mirror does not hold, and `npm ci` then refuses the whole lockfile. An entry
// with version, os and cpu is enough: machines of that system fetch it, all others skip it. Run this after
// `npm install`; a unit test says when it was forgotten.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const systems = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32']
const processors = {
  arm64: 'arm64',
  aarch64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  armv7: 'arm',
  riscv64: 'riscv64',
  s390x: 's390x',
  ppc64: 'ppc64',
  ppc64le: 'ppc64',
  loong64: 'loong64',
  mips64el: 'mips64el',
  universal: undefined,
  wasm32: 'wasm32',
}
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

/** Where a package runs, by its name: "...-linux-x64-musl". Undefined when the name does not say. */
export function placeOf(name) {
  if (name === 'fsevents' || name.endsWith('/fsevents')) return { os: ['darwin'] }
  const words = name.split(/[-/@]/)
  const os = words.find((word) => systems.includes(word))
  const processor = words.find((word) => word in processors)
  if (!os && processor !== 'wasm32') return undefined
  const libc = os === 'linux' ? libraries[words.at(-1)] : undefined
  const cpu = processors[processor]
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) }
}

/** Every optional dependency that no entry answers, with the path at which npm would put it. */
export function missingOptional(packages) {
  const found = new Map()
  for (const [parent, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolves(packages, parent, name)) continue
      found.set(`node_modules/${name}`, { name, version, dev: entry.dev === true || entry.devOptional === true })
    }
  }
  return found
}

/** Node's own rule: the nearest node_modules on the way up. */
function resolves(packages, parent, name) {
  for (let at = parent; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true
    if (!at) return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(process.cwd(), 'package-lock.json')
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingOptional(lock.packages)
  for (const [path, { name, version, dev }] of missing) {
    const place = placeOf(name)
    const exact = /^\d+\.\d+\.\d+/.test(version) ? version : version.replace(/^[^\d]*/, '')
    if (!place) {
      console.error(`${name}@${version}: the name does not say for which system it is; left out`)
      continue
    }
    lock.packages[path] = { version: exact, ...(dev && { dev }), optional: true, ...place }
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  lock.packages = Object.fromEntries(sorted)
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${missing.size} optional packages of other systems added`)
}
