import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Config {
  electronFuses: Record<string, boolean>
  files: string[]
}
const config = parse(readFileSync('electron-builder.yml', 'utf8')) as Config

test("electron-builder.yml is valid by the builder's own schema", async () => {
  const { validateConfiguration } = createRequire(import.meta.url)('app-builder-lib/out/util/config/config') as {
    validateConfiguration(config: unknown, logger: unknown): Promise<void>
  }
  await expect(validateConfiguration(config, { add: () => undefined, isEnabled: false })).resolves.toBeUndefined()
}, 60_000) // the builder is a big module to load

test('the packaged program runs nothing but its own archive', () => {
  expect(config.electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  })
})

test('what the app reads at run time is in the package', () => {
  for (const part of ['out/**', 'labs/**', 'docker/**', 'package.json']) expect(config.files).toContain(part)
})
