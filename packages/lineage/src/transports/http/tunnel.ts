import { request as plainRequest, type ClientRequest } from 'node:http'
import { Agent, request as safeRequest, type AgentOptions, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import { proofFor } from './proxies.ts'

type Connected = (error: Error | null, stream?: Duplex) => void

/** Milliseconds that a proxy has to answer. */
const PATIENCE = 30_000

/** Connections to servers of https through a proxy, which is asked for a line and sees nothing of what is said on it (RFC 9110, 9.3.6). */
export class TunnelAgent extends Agent {
  readonly #proxy: URL
  readonly #asked = new Set<ClientRequest>()

  constructor(proxy: URL, options: AgentOptions) {
    super(options)
    this.#proxy = proxy
  }

  /** Asks the proxy for a line to the server, then speaks TLS with the server on it. */
  // @types/node has the callback without an error.
  override createConnection(options: RequestOptions, connected?: unknown): undefined {
    const done = connected as Connected
    const { host = '', port = 443 } = options
    const place = `${host ?? ''}:${port ?? 443}`
    const { header } = proofFor(this.#proxy)
    const { protocol, hostname, port: proxyPort } = this.#proxy
    const asking = (protocol === 'https:' ? safeRequest : plainRequest)({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: proxyPort || (protocol === 'https:' ? 443 : 80),
      path: place,
      headers: { Host: place, ...(header === undefined ? {} : { 'Proxy-Authorization': header }) },
      agent: false,
      timeout: PATIENCE,
      rejectUnauthorized: options.rejectUnauthorized,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    })
    this.#asked.add(asking)
    const fail = (error: Error): void => {
      this.#asked.delete(asking)
      done(new Error(`the proxy ${this.#proxy.origin}: ${error.message}`, { cause: error }))
    }
    asking.once('timeout', () => asking.destroy(new Error('no answer')))
    asking.once('error', fail)
    asking.once('response', ({ statusCode }) => {
      asking.destroy()
      fail(new Error(`it answers ${statusCode}`))
    })
    asking.once('connect', ({ statusCode }, socket) => {
      this.#asked.delete(asking)
      if (statusCode !== 200) {
        socket.destroy()
        fail(new Error(`it answers ${statusCode}`))
        return
      }
      const secured = connect({ ...(options as object), socket }, () => {
        secured.off('error', done)
        done(null, secured)
      })
      secured.once('error', done)
    })
    asking.end()
    return undefined
  }

  override destroy(): void {
    for (const asking of this.#asked) asking.destroy()
    super.destroy()
  }
}
