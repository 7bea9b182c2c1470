import { join } from 'node:path'
import { installPeer } from './peer.ts'
import { startServer, type PeerServer } from './server.ts'

/** Moto, an S3 in Python that others test against. */
export const MOTO = '5.1.18'

/** A running moto. */
export interface Moto extends PeerServer {
  /** As `endpointurl` takes it. */
  readonly endpoint: string
}

/**
 * Starts moto's server, with no bucket in it.
 *
 * @param env `INITIAL_NO_AUTH_ACTION_COUNT`: after so many questions, it checks who asks
 */
export async function startMoto(env: Readonly<Record<string, string>> = {}): Promise<Moto> {
  const bin = await installPeer(`moto-${MOTO}`, [`moto[server]==${MOTO}`])
  const server = await startServer(join(bin, 'moto_server'), (port) => ['-H', '127.0.0.1', '-p', String(port)], env)
  return { ...server, endpoint: `http://127.0.0.1:${server.port}` }
}
