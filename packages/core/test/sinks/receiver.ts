import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request, as it came. */
export interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server of this machine that keeps what it gets. */
export interface Receiver {
  readonly url: string
  readonly received: Received[]
}

/** Starts a server; `answer` says what to each request, by how many came before. It ends with the test. */
export async function receiver(
  answer: (response: ServerResponse, at: number) => void = (response) => response.end(),
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      received.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString('utf8') })
      answer(response, received.length - 1)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

/** Answers with a status, and headers. */
export function says(status: number, headers: Readonly<Record<string, string>> = {}, body = '') {
  return (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body)
  }
}
