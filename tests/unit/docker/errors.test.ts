import { expect, test } from 'vitest'
import { DojoError } from '../../../src-main/contract/errors.js'
import { engineSays, isUnreachable, translated } from '../../../src-main/docker/errors.js'

const engineError = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), { statusCode, json: { message } })

test.each([
  [
    '20.10',
    'driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:5432 failed: port is already allocated',
    '5432',
  ],
  ['newer', 'failed to bind host port for 127.0.0.1:7000:172.18.0.2:7000/tcp: address already in use', '7000'],
  [
    'a program of ours',
    'Error starting userland proxy: listen tcp4 127.0.0.1:8008: bind: address already in use',
    '8008',
  ],
])('a taken port is named, in the words of an engine: %s', (_, message, port) => {
  expect(translated(engineError(500, message), 'starting host pg1')).toMatchObject({
    code: 'port-taken',
    said: { what: `Port ${port} on 127.0.0.1 is taken` },
  })
})

test('an engine that went away is told from one that refuses', () => {
  const gone = Object.assign(new Error('connect ENOENT /var/run/docker.sock'), { code: 'ENOENT' })
  expect(isUnreachable(gone)).toBe(true)
  expect(translated(gone, 'starting host pg1')).toMatchObject({ code: 'engine-unreachable' })
  expect(isUnreachable(engineError(404, 'No such container'))).toBe(false)
})

test('a full disk says so', () => {
  expect(
    translated(engineError(500, 'write /var/lib/docker/x: no space left on device'), 'making host pg1'),
  ).toMatchObject({
    code: 'disk-full',
  })
})

test('what nobody expected stays what it was, and so does an error of ours', () => {
  const odd = engineError(500, 'something odd')
  expect(translated(odd, 'x')).toBe(odd)
  expect(engineSays(odd)).toBe('something odd')
  const ours = new DojoError('host-down', { what: 'a', why: 'b', next: 'c' })
  expect(translated(ours, 'x')).toBe(ours)
})
