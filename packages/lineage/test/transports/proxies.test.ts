import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, request, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { transportOf } from '../../src/configured.ts'
import { httpTransport } from '../../src/transports/http.ts'
import { proxiesOf, proxyFor } from '../../src/transports/http/proxies.ts'
import { newFolder } from '../folder.ts'
import { eventOf } from '../sample.ts'
import { freePort, lineageServer } from '../server.ts'

const run = promisify(execFile)

const P = 'http://p:3128'

/** What `requests` 2.34.2 of Python says: `select_proxy(url, get_environ_proxies(url))` with these variables. */
test.each<[string, Record<string, string>, string | undefined]>([
  ['https://a.example/x', { HTTPS_PROXY: P }, 'p:3128'],
  ['http://a.example/x', { HTTPS_PROXY: P }, undefined],
  ['http://a.example/x', { http_proxy: P, HTTP_PROXY: 'http://other:1' }, 'p:3128'],
  ['http://a.example/x', { http_proxy: '', HTTP_PROXY: 'http://other:1' }, undefined],
  ['http://a.example/x', { HTTP_PROXY: P, REQUEST_METHOD: 'GET' }, undefined],
  ['http://a.example/x', { ALL_PROXY: P }, 'p:3128'],
  ['https://a.example/x', { all_proxy: P, https_proxy: 'http://q:1' }, 'q:1'],
  ['http://a.example/x', { http_proxy: 'p:3128' }, 'p:3128'],
  ['http://a.example/x', { http_proxy: P, NO_PROXY: '*' }, undefined],
  ['http://a.example/x', { http_proxy: P, no_proxy: 'example' }, undefined],
  ['http://a.example/x', { http_proxy: P, no_proxy: '.example' }, undefined],
  ['http://aexample/x', { http_proxy: P, no_proxy: 'example' }, 'p:3128'],
  ['http://b.a.example:81/x', { http_proxy: P, no_proxy: '..a.example:81' }, undefined],
  ['https://a.example/x', { https_proxy: '', ALL_PROXY: P }, 'p:3128'],
  ['http://10.1.2.4/x', { http_proxy: P, no_proxy: '2.4' }, undefined],
  ['http://a.example/x', { http_proxy: P, no_proxy: 'b.example, c.example' }, 'p:3128'],
  ['http://a.example:81/x', { http_proxy: P, no_proxy: 'a.example:81' }, undefined],
  ['http://a.example:82/x', { http_proxy: P, no_proxy: 'a.example:81' }, 'p:3128'],
  ['http://A.Example/x', { http_proxy: P, NO_PROXY: 'A.EXAMPLE' }, undefined],
  ['http://127.0.0.1:5000/x', { http_proxy: P, no_proxy: '127.0.0.0/8' }, undefined],
  ['http://128.0.0.1:5000/x', { http_proxy: P, no_proxy: '127.0.0.0/8' }, 'p:3128'],
  ['http://127.0.0.1:5000/x', { http_proxy: P, no_proxy: '127.0.0.1' }, undefined],
  ['http://127.0.0.1:5000/x', { http_proxy: P, no_proxy: 'localhost' }, 'p:3128'],
  ['http://10.1.2.3/x', { http_proxy: P, no_proxy: '10.1.2.0/30' }, undefined],
  ['http://10.1.2.4/x', { http_proxy: P, no_proxy: '10.1.2.0/30' }, 'p:3128'],
])('%s with %j', (url, env, host) => {
  expect(proxyFor(new URL(url), proxiesOf(env))?.host).toBe(host)
})

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

interface Proxy {
  readonly url: string
  /** What it was asked: method, address, proof. */
  readonly asked: readonly string[]
}

async function listening(server: Server): Promise<number> {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A proxy on this machine, which passes letters on and gives lines to servers. */
async function proxyServer(status = 200): Promise<Proxy> {
  const asked: string[] = []
  const note = ({ method, url, headers }: IncomingMessage): void => {
    asked.push(`${method} ${url} ${headers['proxy-authorization'] ?? '-'}`)
  }
  const server = createServer((incoming, response) => {
    note(incoming)
    const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = incoming.headers
    const onward = request(incoming.url ?? '', { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(onward)
  })
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    note(incoming)
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      return
    }
    const [host, port] = (incoming.url ?? '').split(':')
    const line = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      line.pipe(socket).pipe(line)
    })
    for (const end of [line, socket]) end.on('error', () => void line.destroy())
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, asked }
}

const proof = `Basic ${Buffer.from('ada:hunter22').toString('base64')}`

function withUser(url: string): string {
  return url.replace('http://', 'http://ada:hunter22@')
}

describe('through a proxy', () => {
  test('a server of http gets events, and the proxy the whole address and its proof', async () => {
    const [server, proxy] = [await lineageServer(), await proxyServer()]
    const transport = httpTransport({
      url: server.url,
      auth: { type: 'api_key', apiKey: 'k-1234' },
      compression: 'gzip',
      proxies: { http: withUser(proxy.url) },
    })
    await transport.emit([eventOf('START'), eventOf('START')])
    await transport.close()
    expect(server.events).toHaveLength(2)
    expect(proxy.asked).toEqual([1, 2].map(() => `POST ${server.url}/api/v1/lineage ${proof}`))
    const [got] = server.got
    expect(got?.path).toBe('/api/v1/lineage')
    expect(got?.headers).toMatchObject({ host: new URL(server.url).host, authorization: 'Bearer k-1234' })
  })

  test('by the variables of the environment', async () => {
    const [server, proxy] = [await lineageServer(), await proxyServer()]
    const at = async (more: Record<string, string>): Promise<void> => {
      const env = { OPENLINEAGE_URL: server.url, HTTP_PROXY: proxy.url, ...more }
      const configured = transportOf(await readConfig({ env, cwd: newFolder() }), { cwd: '/' })
      await configured?.transport.emit([eventOf('START')])
      await configured?.transport.close()
    }
    await at({ NO_PROXY: 'localhost,127.0.0.0/8' })
    expect([server.events.length, proxy.asked.length]).toEqual([1, 0])
    await at({})
    expect([server.events.length, proxy.asked.length]).toEqual([2, 1])
  })

  test('a server of https gets events on a line of its own, which is kept', async ({ skip }) => {
    const folder = newFolder()
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const words = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1'
    const made = await run('openssl', [...words.split(' '), '-keyout', key, '-out', cert]).catch(() => undefined)
    skip(made === undefined, 'there is no openssl')
    const bodies: string[] = []
    const server = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, (incoming, response) => {
      let body = ''
      incoming.setEncoding('utf8').on('data', (text: string) => (body += text))
      incoming.on('end', () => {
        bodies.push(body)
        response.writeHead(201).end()
      })
    })
    const port = await listening(server)
    const proxy = await proxyServer()
    const url = `https://127.0.0.1:${port}`
    const proxies = { https: withUser(proxy.url) }
    const trusting = httpTransport({ url, proxies, sslContext: { caCertPath: cert } })
    await trusting.emit([eventOf('START'), eventOf('START')])
    await trusting.close()
    expect(bodies).toHaveLength(2)
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${port} ${proof}`])
    // Its certificate is checked behind the proxy too.
    const doubting = httpTransport({ url, proxies, retry: { total: 0 } })
    await expect(doubting.emit([eventOf('START')])).rejects.toMatchObject({
      code: 'DS_LINEAGE_UNREACHABLE',
      message: expect.stringContaining('self-signed certificate') as string,
    })
    await doubting.close()
    expect(bodies).toHaveLength(2)
  })

  test('that is down, refuses or is none, an event is for later, and no password is told', async () => {
    const refusing = await proxyServer(407)
    const dead = `http://127.0.0.1:${await freePort()}`
    for (const [https, problem] of [
      [withUser(refusing.url), `the proxy ${refusing.url}: it answers 407`],
      [withUser(dead), `the proxy ${dead}: connect ECONNREFUSED`],
      ['socks5://ada:hunter22@127.0.0.1:1', 'the proxy for https that the environment names is none of http or https'],
    ] as const) {
      const transport = httpTransport({ url: 'https://127.0.0.1:9', proxies: { https }, retry: { total: 0 } })
      const error = await transport.emit([eventOf('START')]).catch((thrown: unknown) => thrown as Error)
      await transport.close()
      expect(error).toMatchObject({
        code: 'DS_LINEAGE_UNREACHABLE',
        message: expect.stringContaining(problem) as string,
      })
      expect(JSON.stringify([(error as Error).message, (error as Error).cause])).not.toContain('hunter22')
    }
  })
})
