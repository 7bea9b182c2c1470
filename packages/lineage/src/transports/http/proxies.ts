import { isIPv4 } from 'node:net'

/** Proxies by which servers are reached, as the environment names them. */
export interface Proxies {
  /** For addresses of http: `http://user:password@proxy:3128`. */
  readonly http?: string | undefined
  /** For addresses of https. */
  readonly https?: string | undefined
  /** Hosts that are reached without one, parted by commas: names and what ends with them, IPv4 networks, `*`. */
  readonly noProxy?: string | undefined
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxies that stand in the environment, as Python’s `requests`, and so the official client, reads them: `HTTP_PROXY`,
 * `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or the same in small letters, which hold where both are there.
 *
 * @example proxiesOf({ https_proxy: 'http://proxy:3128', NO_PROXY: 'localhost' })
 */
export function proxiesOf(env: Env): Proxies {
  const named = (name: string): string | undefined => env[name] ?? env[name.toUpperCase()]
  const all = named('all_proxy')
  // A program that a web server starts gets a header `Proxy` as HTTP_PROXY.
  const http = env['REQUEST_METHOD'] === undefined ? named('http_proxy') : env['http_proxy']
  const https = named('https_proxy')
  const noProxy = env['no_proxy'] || env['NO_PROXY']
  return {
    ...(http || all ? { http: http || all } : {}),
    ...(https || all ? { https: https || all } : {}),
    ...(noProxy ? { noProxy } : {}),
  }
}

/**
 * The proxy by which an address is reached.
 *
 * @returns undefined where it is reached without one
 * @throws an error that says so where the proxy is none of http or https
 */
export function proxyFor(url: URL, proxies: Proxies): URL | undefined {
  const text = url.protocol === 'https:' ? proxies.https : proxies.http
  if (text === undefined || isDirect(url, proxies.noProxy ?? '')) return undefined
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const proxy = URL.canParse(address) ? new URL(address) : undefined
  if (proxy === undefined || !/^https?:$/.test(proxy.protocol) || proxy.hostname === '')
    throw new Error(`the proxy for ${url.protocol.slice(0, -1)} that the environment names is none of http or https`)
  return proxy
}

/** What proves to a proxy who we are: the header and the texts that must not be told. */
export function proofFor(proxy: URL): { readonly header: string | undefined; readonly secrets: readonly string[] } {
  const [user, password] = [decoded(proxy.username), decoded(proxy.password)]
  if (user === '' && password === '') return { header: undefined, secrets: [] }
  const proof = Buffer.from(`${user}:${password}`).toString('base64')
  return { header: `Basic ${proof}`, secrets: [proof, password, proxy.password] }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether `NO_PROXY` names a host: `requests.utils.should_bypass_proxies`, and what that asks of Python’s own library. */
function isDirect(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const withPort = url.port === '' ? host : `${host}:${url.port}`
  return noProxy
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .some((name) => {
      if (name === '*' || (isIPv4(host) && isWithin(host, name))) return true
      const bare = name.replace(/^\.+/, '')
      return [host, withPort].some((one) => one === bare || one.endsWith(`.${bare}`))
    })
}

/** Whether an address lies in a network: `10.0.0.0/8`. */
function isWithin(host: string, network: string): boolean {
  const [base = '', bits] = network.split('/')
  if (bits === undefined || !isIPv4(base) || !/^\d+$/.test(bits) || Number(bits) < 1 || Number(bits) > 32) return false
  const size = 2 ** (32 - Number(bits))
  return Math.floor(numberOf(host) / size) === Math.floor(numberOf(base) / size)
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
