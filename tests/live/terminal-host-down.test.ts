import { expect, test } from 'vitest'
import { terminalHost, typist } from '../support/terminal-host.js'

test('a crash is told in the tab; when the host is back, so is the terminal, with its scrollback', async () => {
  await using host = await terminalHost()
  const shell = await typist(host.terminals, host.lab)
  await shell.prompt()
  await shell.run('echo before-$((40+2))', /before-42/)
  await host.handle.power.kill('pg1')
  await shell.until('host-down', () => shell.state() === 'host-down')
  await shell.until('the note', () => shell.text().includes('[pg1 crashed: this terminal reconnects when it is back]'))
  await host.handle.power.start('pg1')
  await shell.until('open', () => shell.state() === 'open')
  await shell.run('echo after-$((40+2))', /after-42/)
  const text = shell.text()
  expect(text.indexOf('before-42')).toBeLessThan(text.indexOf('pg1 crashed'))
  expect(text.indexOf('pg1 crashed')).toBeLessThan(text.indexOf('pg1 is back'))
  expect(text.indexOf('pg1 is back')).toBeLessThan(text.indexOf('after-42'))
})

test('a graceful stop is told as one', async () => {
  await using host = await terminalHost()
  const shell = await typist(host.terminals, host.lab)
  await shell.prompt()
  await host.handle.power.stop('pg1', 5)
  await shell.until('host-down', () => shell.state() === 'host-down')
  expect(await shell.until('the note', () => /\[pg1 was stopped: /.test(shell.text()))).toBe(true)
})

test('a restart that is over before anyone looks costs the shell, not the terminal', async () => {
  await using host = await terminalHost()
  const shell = await typist(host.terminals, host.lab)
  await shell.prompt()
  await host.handle.power.kill('pg1')
  await host.handle.power.start('pg1')
  await shell.until('a second prompt', () => shell.text().split('postgres@pg1:~$ ').length === 3)
  expect(await shell.run('echo again-$((40+2))', /again-42/)).toBeTruthy()
})

test('a frozen host keeps its shell, and gets what was typed when it runs again', async () => {
  await using host = await terminalHost()
  const shell = await typist(host.terminals, host.lab)
  await shell.prompt()
  await shell.run('marker=kept; echo set-$marker', /set-kept/)
  await host.handle.power.pause('pg1')
  await shell.until('host-frozen', () => shell.state() === 'host-frozen')
  shell.type('echo thawed-$marker')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(shell.text()).not.toContain('thawed-kept')
  await host.handle.power.unpause('pg1')
  await shell.until('the answer', () => shell.text().includes('thawed-kept'))
  await shell.until('open', () => shell.state() === 'open')
})

test('a terminal closed while its host is frozen leaves no shell behind when it runs again', async () => {
  await using host = await terminalHost()
  const shell = await typist(host.terminals, host.lab)
  await shell.prompt()
  await host.handle.power.pause('pg1')
  await shell.until('host-frozen', () => shell.state() === 'host-frozen')
  await host.terminals.close(shell.id)
  await host.handle.power.unpause('pg1')
  const shells = async (): Promise<string> =>
    (await host.handle.exec('pg1', ['sh', '-c', 'pgrep -x bash | wc -l'])).stdout.trim()
  await expect.poll(shells, { timeout: 5_000 }).toBe('0')
})
