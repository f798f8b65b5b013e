import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { importBuilt } from './machine.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome.exe']
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  '/snap/bin/chromium',
]

/** Path of a Chrome or Chromium on this machine, or undefined. DOJO_CHROMIUM names one. */
export function findChromium(env = process.env) {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin']
  const places = [
    env.DOJO_CHROMIUM,
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    ...elsewhere,
  ]
  return places.filter(Boolean).find((path) => existsSync(path))
}

/** The browser for the e2e tests; installed from Debian's packages where that is possible. A phase for the report. */
export async function ensureChromium({ step, line }) {
  const there = findChromium()
  if (there) return { summary: there, idle: true }
  const { aptInstall, canInstall } = await importBuilt('main', 'setup.js')
  if (!canInstall()) return { summary: 'no Chrome or Chromium here: the e2e tests are skipped', idle: false }
  step("installing Debian's chromium")
  await aptInstall(['chromium'], line)
  return `${findChromium()} installed`
}
