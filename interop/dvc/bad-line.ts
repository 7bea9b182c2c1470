import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with a request on its way. */
export type Fault =
  /** The line is cut when so many bytes of what is sent, or of what comes, have passed. */
  | { readonly kind: 'cut'; readonly of: 'request' | 'answer'; readonly after: number }
  /** The answer ends too early, though the line stays. */
  | { readonly kind: 'short'; readonly after: number }
  /** Another answer comes, and the server never hears of the request. */
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfter?: number; readonly body?: string }
  /** Nothing comes. */
  | { readonly kind: 'silence' }
  /** A byte of the answer is another one. */
  | { readonly kind: 'garbled'; readonly at: number }

/** A line to a server of this machine, over which a test has power. */
export interface BadLine {
  readonly port: number
  /** Requests so far. */
  readonly count: number
  /** Decides what goes wrong with each request from now on; they are counted from 0. */
  spoil(faultOf: (ask: IncomingMessage, at: number) => Fault | undefined): void
  stop(): Promise<void>
}

/** Opens a line to a port, on which nothing goes wrong yet. What is signed stays as it is, the host's name too. */
export async function openBadLine(to: number): Promise<BadLine> {
  let faultOf: (ask: IncomingMessage, at: number) => Fault | undefined = nothing
  let count = 0
  const server = createServer((ask, answer) => {
    carry(ask, answer, to, faultOf(ask, count++))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get count() {
      return count
    },
    spoil(next) {
      count = 0
      faultOf = next
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function nothing(): undefined {}

function carry(ask: IncomingMessage, answer: ServerResponse, port: number, fault: Fault | undefined): void {
  if (fault?.kind === 'silence') return void ask.resume()
  if (fault?.kind === 'answer') return refuse(ask, answer, fault)
  const { method = '', url = '', headers } = ask
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false })
  const cut = (): void => {
    onward.destroy()
    ask.socket.destroy()
  }
  onward.on('error', cut)
  answer.on('close', () => void onward.destroy())
  let sent = 0
  ask.on('data', (piece: Buffer) => {
    sent += piece.length
    if (fault?.kind === 'cut' && fault.of === 'request' && sent > fault.after) return cut()
    if (!onward.write(piece)) {
      ask.pause()
      onward.once('drain', () => ask.resume())
    }
  })
  ask.on('end', () => onward.end())
  onward.on('response', (theirs) => {
    answer.writeHead(theirs.statusCode ?? 500, theirs.rawHeaders)
    answer.flushHeaders()
    let came = 0
    theirs.on('data', (piece: Buffer) => {
      const from = came
      came += piece.length
      if (fault?.kind === 'garbled' && fault.at >= from && fault.at < came)
        piece.writeUInt8(piece.readUInt8(fault.at - from) ^ 1, fault.at - from)
      const most = fault?.kind === 'short' || (fault?.kind === 'cut' && fault.of === 'answer') ? fault.after : Infinity
      if (came > most) {
        theirs.destroy()
        answer.write(piece.subarray(0, Math.max(0, most - from)), () => {
          if (fault?.kind === 'short') ask.socket.end()
          else cut()
        })
        return
      }
      if (!answer.write(piece)) {
        theirs.pause()
        answer.once('drain', () => theirs.resume())
      }
    })
    theirs.on('end', () => answer.end())
    theirs.on('error', cut)
  })
}

function refuse(ask: IncomingMessage, answer: ServerResponse, fault: Extract<Fault, { kind: 'answer' }>): void {
  const { status, retryAfter, body = '' } = fault
  ask.resume()
  ask.on('end', () => {
    answer.writeHead(status, {
      'Content-Length': Buffer.byteLength(body),
      ...(body === '' ? {} : { 'Content-Type': 'application/xml' }),
      ...(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }),
    })
    answer.end(ask.method === 'HEAD' ? '' : body)
  })
}
