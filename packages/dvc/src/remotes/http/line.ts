import { Agent as PlainAgent, request as askPlain, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as askSecure } from 'node:https'
import { throwIfAborted } from '@dayshift/core/ground'
import { whenAborted } from '../abort.ts'
import { breakage } from '../breakage.ts'
import { otherLength } from '../content.ts'
import { Interruption, type Upload } from '../remote.ts'
import type { Trust } from '../trust.ts'

/** A question over HTTP. */
export interface Question {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** What goes along. */
  readonly upload?: Upload | undefined
  readonly signal?: AbortSignal | undefined
  /** For messages, without secrets. */
  readonly where: string
}

/** Connections that are used again. */
export interface Line {
  /**
   * Asks, and waits until the answer begins; where something goes along, until all of it is sent, unless it is refused
   * before. The answer's body must be read or destroyed.
   *
   * @throws Interruption, DS_REMOTE_FAILED, DS_ABORTED; what the upload's content throws
   */
  ask(question: Question): Promise<IncomingMessage>
  /** Ends all connections. */
  close(): void
}

/** How long a {@link Line} waits, in milliseconds, and whom it trusts. */
export interface LineOptions {
  readonly connectTimeout: number
  /** Without a byte in either direction. */
  readonly readTimeout: number
  readonly trust: Trust
}

/** @example openLine({ connectTimeout: 60_000, readTimeout: 60_000, trust: {} }) */
export function openLine(options: LineOptions): Line {
  const plain = new PlainAgent({ keepAlive: true })
  const secure = new SecureAgent({ keepAlive: true, ...options.trust })
  return {
    ask(question) {
      const { url, method, headers } = question
      throwIfAborted(question.signal)
      const isSecure = url.protocol === 'https:'
      const start = isSecure ? askSecure : askPlain
      return carry(start(url, { method, headers, agent: isSecure ? secure : plain }), isSecure, question, options)
    },
    close() {
      plain.destroy()
      secure.destroy()
    },
  }
}

async function carry(
  request: ClientRequest,
  isSecure: boolean,
  question: Question,
  options: LineOptions,
): Promise<IncomingMessage> {
  const { upload, signal, where } = question
  request.once(
    'close',
    whenAborted(signal, () => request.destroy()),
  )
  watch(request, isSecure, where, options)
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', reject)
    request.once('close', () => reject(new Error('the connection was closed')))
  })
  answered.catch(() => undefined)
  let isRefused = false
  void answered.then(
    ({ statusCode = 0 }) => (isRefused = statusCode >= 300),
    () => (isRefused = true),
  )
  if (upload) await send(request, upload, where, signal, () => isRefused)
  else request.end()
  try {
    return await answered
  } catch (error) {
    throw breakage(error, where, signal)
  }
}

/** Sends the content piece by piece. Where it ends too early the connection is cut, so that nothing of it is kept. */
async function send(
  request: ClientRequest,
  upload: Upload,
  where: string,
  signal: AbortSignal | undefined,
  isRefused: () => boolean,
): Promise<void> {
  let sent = 0
  try {
    for await (const piece of upload.open()) {
      throwIfAborted(signal)
      if (isRefused()) return void request.destroy()
      sent += piece.length
      if (sent > upload.bytes) throw otherLength(where, upload, 'more')
      if (piece.length > 0) await written(request, piece)
    }
    if (isRefused()) return void request.destroy()
    if (sent < upload.bytes) throw otherLength(where, upload, 'less')
  } catch (error) {
    request.destroy()
    throw error
  }
  request.end()
}

/** A piece is its giver's again once the system has it. */
function written(request: ClientRequest, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      request.off('close', done)
      resolve()
    }
    request.once('close', done)
    if (request.destroyed) done()
    else request.write(piece, done)
  })
}

function watch(
  request: ClientRequest,
  isSecure: boolean,
  where: string,
  { connectTimeout, readTimeout }: LineOptions,
): void {
  let answer: IncomingMessage | undefined
  request.once('response', (response) => (answer = response))
  request.once('socket', (socket) => {
    if (!socket.connecting) return
    const timer = setTimeout(() => {
      request.destroy(new Interruption(`${where}: no connection within ${connectTimeout / 1000} s`))
    }, connectTimeout)
    socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(timer))
    request.once('close', () => clearTimeout(timer))
  })
  request.setTimeout(readTimeout, () => {
    // What has come and was not taken yet is no silence of the server.
    if (answer && answer.readableLength > 0) return
    request.destroy(new Interruption(`${where}: nothing came for ${readTimeout / 1000} s`))
  })
}
