import { systemCode } from '@dayshift/core/ground'
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { proofFor } from './proxies.ts'

/** What a server answers. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What is sent to a server. */
interface Letter {
  readonly url: URL
  readonly body: string | Buffer
  readonly headers: Readonly<Record<string, string>>
  /** Seconds until the whole answer must be there. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
}

/** How a server proves who it is, and how we do. */
export interface Trust {
  /** Whether its certificate is checked. */
  readonly verify: boolean
  /** Certificates of those whom we trust, as PEM; default: the system's. */
  readonly ca?: string | undefined
  /** Our own certificate and key, as PEM. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** A way to servers, that keeps its connections. */
export interface Postman {
  /** @throws the system's own error; where the time was over, one that says so */
  post(letter: Letter): Promise<Answer>
  close(): void
}

/** More of an answer is not read: what is told of one event, or of each of a batch, is shorter. */
const LONGEST_ANSWER = 4 << 20

/** A line that was kept, and that the server closed. */
class StaleLine extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}

/**
 * Makes a way to servers. What speaks HTTP is loaded with the first letter.
 *
 * @param proxyOf the proxy by which an address is reached; undefined where there is none
 */
export function postman(trust: () => Promise<Trust>, proxyOf: (url: URL) => URL | undefined = NO_PROXY): Postman {
  const agents = new Map<string, Promise<Agent>>()
  const agentOf = (protocol: string, proxy: URL | undefined): Promise<Agent> => {
    const key = `${protocol} ${proxy?.href ?? ''}`
    const found = agents.get(key)
    if (found) return found
    const made = (async () => {
      // A proxy gets letters for http servers as they are; the line to it is what is kept.
      const own = protocol === 'http:' ? (proxy?.protocol ?? protocol) : protocol
      if (own === 'http:') return new (await import('node:http')).Agent({ keepAlive: true })
      const { verify, ...pem } = await trust()
      const options = { keepAlive: true, rejectUnauthorized: verify, ...pem }
      if (proxy && protocol === 'https:') return new (await import('./tunnel.ts')).TunnelAgent(proxy, options)
      return new (await import('node:https')).Agent(options)
    })()
    agents.set(key, made)
    return made
  }
  const once = async (letter: Letter): Promise<Answer> => {
    const proxy = proxyOf(letter.url)
    const agent = await agentOf(letter.url.protocol, proxy)
    const forwarded = letter.url.protocol === 'http:' && proxy ? forwardedBy(proxy, letter.url) : undefined
    const isPlain = (forwarded?.target ?? letter.url).protocol === 'http:'
    const { request } = await (isPlain ? import('node:http') : import('node:https'))
    return new Promise((resolve, reject) => {
      const { url, body, headers, timeout, signal } = letter
      const length = { 'Content-Length': Buffer.byteLength(body) }
      const path = forwarded ? { path: forwarded.path } : {}
      const sent = { ...forwarded?.headers, ...headers, ...length }
      const asked = request(forwarded?.target ?? url, { method: 'POST', agent, ...path, headers: sent })
      const timer = setTimeout(() => asked.destroy(new Error(`no answer within ${timeout} s`)), timeout * 1000)
      const stop = (): void => void asked.destroy(new Error('the work was stopped'))
      const settle = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', stop)
      }
      const fail = (error: Error): void => {
        settle()
        const isClosed = ['ECONNRESET', 'EPIPE'].includes(systemCode(error) ?? '')
        reject(asked.reusedSocket && isClosed ? new StaleLine(error) : error)
      }
      const take = async (response: IncomingMessage): Promise<void> => {
        const said = await read(response)
        settle()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: said })
      }
      signal?.addEventListener('abort', stop, { once: true })
      asked.on('error', fail)
      asked.on('response', (response) => void take(response).catch(fail))
      if (signal?.aborted) stop()
      else asked.end(body)
    })
  }
  return {
    async post(letter) {
      for (;;) {
        try {
          return await once(letter)
        } catch (error) {
          // The server had closed a line that was kept, which says nothing of the server.
          if (!(error instanceof StaleLine)) throw error
        }
      }
    },
    close() {
      for (const agent of agents.values()) {
        agent.then(
          (made) => made.destroy(),
          () => undefined,
        )
      }
      agents.clear()
    },
  }
}

const NO_PROXY = (): undefined => undefined

/** How a letter for a server of http is given to a proxy: with its whole address (RFC 9112, 3.2.2). */
function forwardedBy(
  proxy: URL,
  url: URL,
): { readonly target: URL; readonly path: string; readonly headers: Readonly<Record<string, string>> } {
  const { header } = proofFor(proxy)
  const address = new URL(url)
  address.hash = ''
  return {
    target: new URL(proxy.origin),
    path: address.href,
    headers: { Host: url.host, ...(header === undefined ? {} : { 'Proxy-Authorization': header }) },
  }
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes <= LONGEST_ANSWER) parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
