import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright'

const places = [
  process.env['DOJO_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** As the browser tests start it. */
const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser(): Promise<{ browser: Browser; page: Page }> {
  const executablePath = places.find((path) => path !== undefined && existsSync(path))
  if (executablePath === undefined) {
    throw new Error('No Chromium here. Install it (Debian: apt-get install chromium), or name one in DOJO_CHROMIUM')
  }
  const browser = await chromium.launch({ executablePath, args: browserArguments })
  return { browser, page: await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' }) }
}
