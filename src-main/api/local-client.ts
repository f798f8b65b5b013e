import { connect } from 'node:net'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import type { Contract } from '../contract/rpc.js'
import { wireProtocol } from './guard.js'
import { localAddress, ownerPath } from './local-address.js'
import { tolerate } from './ws-host.js'

export type DojoClient = ContractRouterClient<Contract>

const answerWithinMs = 5_000
/** Nobody listens: there is no owner, or it is gone and left its socket. Anything else is a fault. */
const absent = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'])

/**
 * A connection to the process that owns the labs here, or null when there is none. `elsewhere`: for a client on another
 * machine, whose messages are passed on.
 */
export async function connectOwner(address = localAddress(), elsewhere = false): Promise<WebSocket | null> {
  const path = elsewhere ? ownerPath.elsewhere : ownerPath.here
  const socket = new WebSocket(`ws://localhost${path}`, [wireProtocol.version], {
    createConnection: () => connect(address),
    handshakeTimeout: answerWithinMs,
    perMessageDeflate: false,
  })
  return await new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.removeAllListeners('error')
      tolerate(socket)
      resolve(socket)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (absent.has(error.code ?? '')) resolve(null)
      else reject(error)
    })
  })
}

/** The typed client over a WebSocket of this process. */
export function clientOver(socket: WebSocket): DojoClient {
  return createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }))
}
