import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server of other people that runs on this machine, for this machine only. */
export interface PeerServer {
  readonly port: number
  /** Ends it, and waits until it has ended. */
  stop(): Promise<void>
}

/** Milliseconds until a server must answer. */
const PATIENCE = 60_000

/**
 * Starts a server on a free port, and waits until it takes connections.
 *
 * @param words its arguments, by the port
 */
export async function startServer(
  program: string,
  words: (port: number) => readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<PeerServer> {
  const port = await freePort()
  const child = spawn(program, [...words(port)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  let told = ''
  child.stderr.on('data', (text: Buffer) => (told = `${told}${text.toString()}`.slice(-2000)))
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill()
    await ended
  }
  for (const began = Date.now(); !(await answers(port)); await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${told}`)
    if (Date.now() - began < PATIENCE) continue
    await stop()
    throw new Error(`${program} takes no connections: ${told}`)
  }
  return { port, stop }
}

/** A port that nobody has taken. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
