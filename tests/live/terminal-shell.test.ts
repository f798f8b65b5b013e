import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { terminalHost, typist } from '../support/terminal-host.js'

test('a command that is typed runs as postgres, in UTF-8 and colours, and its output comes back', async () => {
  await using host = await terminalHost()
  const shell = await typist(host.terminals, host.lab)
  await shell.prompt()
  expect(shell.text()).toContain('postgres@pg1:~$ ')
  await shell.run('echo "who: $(id -un), $LANG, $TERM, $(tput colors)"', /who: postgres, C\.UTF-8, xterm-256color, 256/)
  await shell.run("printf 'a\\xe2\\x82\\xac%s\\n' z", /a\u20acz/)
})

test('a root shell is root’s, and begins in root’s folder', async () => {
  await using host = await terminalHost()
  const { id } = await host.terminals.open({ lab: host.lab, host: 'pg1', kind: 'root', cols: 80, rows: 24 })
  let text = ''
  const stop = new AbortController()
  const done = (async () => {
    for await (const message of host.terminals.watch(id, 0, stop.signal)) {
      if (message.k === 'data') text += message.data
      if (text.includes('root@pg1:~#')) return
    }
  })()
  const late = setTimeout(() => stop.abort(), 10_000)
  await done
  clearTimeout(late)
  expect(text).toContain('root@pg1:~#')
})

test('the shell knows its size, and every new one', async () => {
  await using host = await terminalHost()
  const shell = await typist(host.terminals, host.lab, 'pg1', 101, 33)
  await shell.prompt()
  await shell.run('stty size', /\b33 101\r\n/)
  await host.terminals.resize(shell.id, 72, 14)
  await shell.run('stty size', /\b14 72\r\n/)
  expect(await shell.run('echo "cols $COLUMNS"', /cols 72\r\n/)).toBeTruthy()
})

test('closing a terminal leaves no process on the host: not the shell, and not what it runs', async () => {
  await using host = await terminalHost()
  const processes = async (): Promise<string[]> =>
    (await host.handle.exec('pg1', ['ps', '-eo', 'args='])).stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^(\/usr\/bin\/tini|sleep infinity|timeout |ps )/.test(line))
  expect(await processes()).toEqual([])
  const [idle, busy] = [await typist(host.terminals, host.lab), await typist(host.terminals, host.lab)]
  await idle.prompt()
  await busy.prompt()
  busy.type('sleep 7654 | cat')
  await busy.until('the command to run', () => busy.text().includes('sleep 7654'))
  await expect.poll(processes).toEqual(expect.arrayContaining(['sleep 7654', 'cat', 'bash -l']))
  await host.terminals.close(idle.id)
  await host.terminals.close(busy.id)
  await expect.poll(processes, { timeout: 5_000 }).toEqual([])
})

test('a shell that is left ends in a closed terminal; Enter opens another', async () => {
  await using host = await terminalHost()
  const shell = await typist(host.terminals, host.lab)
  await shell.prompt()
  shell.type('exit')
  await shell.until('closed', () => shell.state() === 'closed')
  await shell.until('the note', () => shell.text().includes('Enter starts another'))
  shell.type('')
  await shell.until('open', () => shell.state() === 'open')
  expect(await shell.until('a second prompt', () => shell.text().split('postgres@pg1:~$ ').length === 3)).toBe(true)
})

test('20 MB of flood arrive whole, also over a page that is reloaded in the middle', { timeout: 120_000 }, async () => {
  await using host = await terminalHost()
  const bytes = 20 * 1024 * 1024
  const make = 'head -c 15728640 /dev/urandom | base64 -w 127 | head -c 20971520 > /tmp/flood && sha256sum /tmp/flood'
  const { stdout } = await host.handle.exec('pg1', ['sh', '-c', make])
  const wanted = stdout.split(' ')[0]
  const { id } = await host.terminals.open({ lab: host.lab, host: 'pg1', cols: 120, rows: 40 })
  const hash = createHash('sha256')
  let from = 0
  let begin = -1
  let got = 0
  let reloads = 0
  let typed = false
  while (got < bytes && reloads < 20) {
    const stop = new AbortController()
    let here = 0
    for await (const message of host.terminals.watch(id, from, stop.signal, `page-${reloads}`)) {
      expect(message.k).not.toBe('reset')
      if (message.k !== 'data') continue
      expect(message.from).toBe(from)
      from += message.bytes
      here += message.bytes
      host.terminals.ack(id, from, `page-${reloads}`)
      if (!typed && message.data.includes('~$')) {
        typed = true
        host.terminals.write(id, "stty -echo -opost; printf 'BEG''IN'; cat /tmp/flood\r")
      }
      let { data } = message
      if (begin < 0) {
        const at = data.indexOf('BEGIN')
        if (at < 0) continue
        begin = from
        data = data.slice(at + 'BEGIN'.length)
      }
      const part = data.slice(0, bytes - got)
      hash.update(part)
      got += part.length
      if (got >= bytes || (begin >= 0 && here > 3_000_000)) break // the page is reloaded: the rest is asked for anew
    }
    stop.abort()
    reloads++
  }
  expect(got).toBe(bytes)
  expect(reloads).toBeGreaterThan(4)
  expect(hash.digest('hex')).toBe(wanted)
})

test('shells that an app left behind when it was killed are hung up by the next', async () => {
  await using host = await terminalHost()
  const bashes = async (): Promise<number> =>
    Number((await host.handle.exec('pg1', ['sh', '-c', 'pgrep -x bash | wc -l'])).stdout)
  const size = { cols: 80, rows: 24 }
  const orphan = await host.handle.tty('pg1', ['bash', '-l'], size)
  const mine = await host.handle.tty('pg1', ['bash', '-l'], size)
  await expect.poll(bashes).toBe(2)
  // as if a process had opened the first that is no more: no process has this number
  const files = (await host.handle.exec('pg1', ['sh', '-c', 'ls -tr /run/dojo'])).stdout.trim().split('\n')
  const gone = files[0]!.replace(`-${process.pid}-`, '-4194305-')
  expect(gone).not.toBe(files[0])
  await host.handle.exec('pg1', ['mv', `/run/dojo/${files[0]}`, `/run/dojo/${gone}`], { user: 'root' })
  expect(await host.handle.hangUpOrphans?.()).toBe(1)
  await expect.poll(bashes).toBe(1)
  await mine.close()
  await orphan.close()
})

test('a file that outlived a restart of its host hangs up nobody else', async () => {
  await using host = await terminalHost()
  const left = await host.handle.tty('pg1', ['bash', '-l'], { cols: 80, rows: 24 })
  const read = (): Promise<string> =>
    host.handle.exec('pg1', ['sh', '-c', 'cat /run/dojo/tty-*']).then(({ stdout }) => stdout.trim())
  await expect.poll(read).toMatch(/^\d+ \d+$/)
  // the same number, another start: what a restart makes of it
  const [pid, start] = (await read()).split(' ')
  const write = `for f in /run/dojo/tty-*; do echo ${pid} ${Number(start) - 1} > $f; done`
  await host.handle.exec('pg1', ['sh', '-c', write], { user: 'root' })
  await left.close()
  const { stdout } = await host.handle.exec('pg1', ['sh', '-c', 'pgrep -x bash | wc -l; ls /run/dojo | wc -l'])
  expect(stdout.trim().split('\n')).toEqual(['1', '0'])
})
