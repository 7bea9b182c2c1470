import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach } from 'vitest'
import type { RunEvent } from '../src/event.ts'

/** One request that a server got. */
export interface Got {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How a server behaves once: a status, with headers and body; or it cuts the line, or says nothing. */
export type Turn =
  | number
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | 'cut'
  | 'cut within'
  | 'hang'

/** A lineage server on this machine. */
export interface LineageServer {
  readonly url: string
  readonly got: readonly Got[]
  /** Events that it took, in their order. */
  readonly events: readonly RunEvent[]
  /** What it does with the next requests; afterwards it takes all. */
  script(...turns: Turn[]): void
  /** What it does with all requests from here on. */
  always(turn: Turn | ((got: Got) => Turn)): void
  close(): Promise<void>
}

const takeAll = (): Turn => 201

const open = new Set<() => Promise<void>>()
afterEach(async () => {
  for (const close of open) await close()
})

/** Starts a server that takes events. It ends with the test. */
export async function lineageServer(port = 0): Promise<LineageServer> {
  const got: Got[] = []
  const events: RunEvent[] = []
  let turns: Turn[] = []
  let usual: (got: Got) => Turn = takeAll
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = { path: request.url ?? '', headers: request.headers, body: await bodyOf(request) }
    got.push(one)
    const turn = turns.shift() ?? usual(one)
    const status = typeof turn === 'number' ? turn : typeof turn === 'object' ? turn.status : 0
    if ((status >= 200 && status < 300) || turn === 'cut within') events.push(...takenOf(one, turn))
    answer(response, turn)
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    open.delete(close)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  open.add(close)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    events,
    script: (...next) => void (turns = next),
    always: (turn) => void (usual = typeof turn === 'function' ? turn : () => turn),
    close,
  }
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = await lineageServer()
  await server.close()
  return Number(new URL(server.url).port)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  try {
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  } catch {
    return ''
  }
  const body = Buffer.concat(parts)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')
}

function takenOf({ body }: Got, turn: Turn): RunEvent[] {
  if (!/^[[{]/.test(body)) return []
  const sent = [JSON.parse(body) as RunEvent | RunEvent[]].flat()
  const told = typeof turn === 'object' ? (turn.body as { failed_events?: { index: number }[] } | undefined) : undefined
  const failed = new Set(told?.failed_events?.map(({ index }) => index))
  return sent.filter((_, at) => !failed.has(at))
}

function answer(response: ServerResponse, turn: Turn): void {
  if (turn === 'hang') return
  if (turn === 'cut') response.destroy()
  else if (turn === 'cut within') {
    response.writeHead(200, { 'Content-Length': '100' })
    response.write('{', () => response.destroy())
  } else {
    const { status, headers = {}, body } = typeof turn === 'number' ? { status: turn } : turn
    response.writeHead(status, headers)
    response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))
  }
}
