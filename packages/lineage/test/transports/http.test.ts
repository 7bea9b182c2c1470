import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/event.ts'
import { transportConformance } from '../../src/testing.ts'
import { httpTransport, type HttpOptions } from '../../src/transports/http.ts'
import { eventOf } from '../sample.ts'
import { freePort, lineageServer, type Turn } from '../server.ts'

const quick = { backoffFactor: 0.001 }

const jwt = (exp: number): string => `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`
const failed = (index: number, retriable: boolean): object => ({ index, reason: `no ${index}`, retriable })

const refusal = (code: string, ...words: string[]): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(new RegExp(words.join('.*'), 's')) as string })

for (const [kind, more] of Object.entries<Partial<HttpOptions>>({
  'one by one': {},
  'in batches': { batchEndpoint: 'api/v1/lineage/batch' },
  compressed: { compression: 'gzip', batchEndpoint: 'api/v1/lineage/batch' },
})) {
  const make = async (): Promise<{
    transport: ReturnType<typeof httpTransport>
    received: () => readonly RunEvent[]
  }> => {
    const server = await lineageServer()
    return { transport: httpTransport({ url: server.url, ...more }), received: () => server.events }
  }
  test.each(transportConformance(make))(`${kind}: $name`, ({ run }) => expect(run()).resolves.toBeUndefined())
}

test('what is sent is one event, as JSON, to the endpoint below the address', async () => {
  const server = await lineageServer()
  const transport = httpTransport({ url: `${server.url}/base/`, headers: { 'X-Team': 'data' } })
  await transport.emit([eventOf('START')])
  expect(server.got[0]?.path).toBe('/base/api/v1/lineage')
  expect(server.got[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-team': 'data' })
  expect(server.got[0]?.headers.authorization).toBeUndefined()
  await httpTransport({ url: server.url, endpoint: 'in/here' }).emit([eventOf('START')])
  expect(server.got[1]?.path).toBe('/in/here')
})

describe('who we are', () => {
  test('a key goes as a bearer; a header of the caller’s wins', async () => {
    const server = await lineageServer()
    const auth = { type: 'api_key', apiKey: 'k-1234' } as const
    await httpTransport({ url: server.url, auth }).emit([eventOf('START')])
    await httpTransport({ url: server.url, auth, headers: { Authorization: 'Own' } }).emit([eventOf('START')])
    for (const user of ['ada:p%20w', 'ada:p%w']) {
      await httpTransport({ url: server.url.replace('//', `//${user}@`) }).emit([eventOf('START')])
    }
    expect(server.got.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer k-1234',
      'Own',
      `Basic ${btoa('ada:p w')}`,
      `Basic ${btoa('ada:p%w')}`,
    ])
  })

  test('a token is asked for once, used until shortly before its end, and asked for anew where it is refused', async () => {
    const server = await lineageServer()
    let tokens = 0
    server.always(({ path, headers }) => {
      if (path === '/token') return { status: 200, body: { accessToken: `t${++tokens}`, expiresIn: 3600 } }
      return headers.authorization === 'Bearer t1' && tokens === 1 && server.got.length > 3 ? 401 : 201
    })
    const auth = { type: 'jwt', apiKey: 'k&1234', tokenEndpoint: `${server.url}/token` } as const
    const transport = httpTransport({ url: server.url, auth })
    await Promise.all([transport.emit([eventOf('START')]), transport.emit([eventOf('START')])])
    expect(tokens).toBe(1)
    expect(server.got[0]?.body).toBe(
      'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&response_type=token&apikey=k%261234',
    )
    await transport.emit([eventOf('START')])
    expect(tokens).toBe(2)
    expect(server.got.at(-1)?.headers.authorization).toBe('Bearer t2')
  })

  test('a token without a lifetime says itself when it ends; one that does not is used once', async () => {
    const server = await lineageServer()
    const given = [jwt(Date.now() / 1000 + 600), 'opaque']
    const counts: number[] = []
    for (const token of given) {
      let asked = 0
      server.always(({ path }) => (path === '/token' ? (asked++, { status: 200, body: { token } }) : 201))
      const auth = { type: 'jwt', apiKey: 'k-1234', tokenEndpoint: `${server.url}/token` } as const
      const transport = httpTransport({ url: server.url, auth })
      await transport.emit([eventOf('START')])
      await transport.emit([eventOf('START')])
      counts.push(asked)
    }
    expect(counts).toEqual([1, 2])
  })

  test('client credentials go in a header, or in the body', async () => {
    const server = await lineageServer()
    server.always(({ path }) => (path === '/token' ? { status: 200, body: { access_token: 't', expires_in: 9 } } : 201))
    const auth = { type: 'oauth2', clientId: 'a b', clientSecret: 's:c', tokenEndpoint: `${server.url}/token` } as const
    await httpTransport({ url: server.url, auth: { ...auth, scope: 'x' } }).emit([eventOf('START')])
    await httpTransport({ url: server.url, auth: { ...auth, clientAuthMethod: 'client_secret_post' } }).emit([
      eventOf('START'),
    ])
    const [first, , second] = server.got
    expect(first?.headers.authorization).toBe(`Basic ${btoa('a+b:s%3Ac')}`)
    expect(first?.body).toBe('grant_type=client_credentials&scope=x')
    expect(second?.body).toBe('grant_type=client_credentials&client_id=a+b&client_secret=s%3Ac')
  })

  test('no token, no events: the endpoint is told without what is secret', async () => {
    const server = await lineageServer()
    server.always({ status: 403, body: 'bad key k-1234' })
    const endpoint = `${server.url.replace('//', '//u:hunter22@')}/token?sig=abcdef`
    const auth = { type: 'jwt', apiKey: 'k-1234', tokenEndpoint: endpoint } as const
    const error: unknown = await httpTransport({ url: server.url, auth })
      .emit([eventOf('START')])
      .catch((problem: unknown) => problem)
    expect(error).toEqual(refusal('DS_LINEAGE_REFUSED', 'no token from', 'answers 403'))
    expect(String(error)).not.toMatch(/k-1234|hunter22|abcdef/)
    expect(server.events).toEqual([])
  })
})

describe('what fails', () => {
  test.each<[string, Turn[], number]>([
    ['500 once', [500], 2],
    ['a cut line', ['cut', 'cut within'], 3],
    ['503 that says when', [{ status: 503, headers: { 'Retry-After': '0' } }, 502, 504, 408], 5],
    ['429 with a date', [{ status: 429, headers: { 'Retry-After': new Date(0).toUTCString() } }], 2],
    ['413 that says when', [{ status: 413, headers: { 'Retry-After': '0' } }], 2],
  ])('%s is tried again until it is taken', async (_, turns, requests) => {
    const server = await lineageServer()
    server.script(...turns)
    await httpTransport({ url: server.url, retry: quick }).emit([eventOf('START')])
    expect(server.got).toHaveLength(requests)
    expect(server.events.length).toBeGreaterThanOrEqual(1)
  })

  test('it waits as long as the server asks for, and not where that is too long', async () => {
    const server = await lineageServer()
    const transport = httpTransport({ url: server.url, retry: quick })
    server.script({ status: 503, headers: { 'Retry-After': '1' } })
    const began = Date.now()
    await transport.emit([eventOf('START')])
    expect(Date.now() - began).toBeGreaterThanOrEqual(950)
    server.script({ status: 503, headers: { 'Retry-After': '86400' } })
    await expect(transport.emit([eventOf('START')])).rejects.toEqual(refusal('DS_LINEAGE_UNREACHABLE', 'answers 503'))
  })

  test('waiting grows with each time, up to half of it by chance, and ends after so many', async () => {
    const server = await lineageServer()
    server.always(500)
    const began = Date.now()
    const transport = httpTransport({ url: server.url, retry: { total: 3, backoffFactor: 0.05 } })
    await expect(transport.emit([eventOf('START')])).rejects.toEqual(refusal('DS_LINEAGE_UNABLE', 'answers 500'))
    expect(server.got).toHaveLength(4)
    expect(Date.now() - began).toBeGreaterThanOrEqual(165)
  })

  test.each<[Turn, string]>([
    [400, 'DS_LINEAGE_REJECTED'],
    [{ status: 422, body: 'job is wrong' }, 'DS_LINEAGE_REJECTED'],
    [401, 'DS_LINEAGE_REFUSED'],
    [404, 'DS_LINEAGE_REFUSED'],
    [304, 'DS_LINEAGE_REFUSED'],
    [501, 'DS_LINEAGE_UNABLE'],
  ])('%j is not tried again', async (turn, code) => {
    const server = await lineageServer()
    server.always(turn)
    await expect(httpTransport({ url: server.url, retry: quick }).emit([eventOf('START')])).rejects.toMatchObject({
      code,
    })
    expect(server.got).toHaveLength(1)
  })

  test('nobody listens, or nobody answers', async () => {
    const port = await freePort()
    const nobody = httpTransport({ url: `http://127.0.0.1:${port}`, retry: { total: 1, ...quick } })
    await expect(nobody.emit([eventOf('START')])).rejects.toEqual(refusal('DS_LINEAGE_UNREACHABLE', 'ECONNREFUSED'))
    const server = await lineageServer()
    server.always('hang')
    const silent = httpTransport({ url: server.url, timeout: 0.1, retry: { total: 1, ...quick } })
    await expect(silent.emit([eventOf('START')])).rejects.toEqual(
      refusal('DS_LINEAGE_UNREACHABLE', 'no answer within 0.1 s'),
    )
    expect(server.got).toHaveLength(2)
  })

  test('a line that was kept and that the server closed meanwhile is no failure; a new one that it cuts is', async () => {
    const server = await lineageServer()
    const transport = httpTransport({ url: server.url })
    await transport.emit([eventOf('START')])
    server.script('cut')
    await transport.emit([eventOf('START')], { once: true })
    expect(server.got).toHaveLength(3)
    expect(server.events).toHaveLength(2)
    server.always('cut')
    await expect(transport.emit([eventOf('START')], { once: true })).rejects.toMatchObject({
      code: 'DS_LINEAGE_UNREACHABLE',
    })
    expect(server.got).toHaveLength(5)
  })

  test('a signal stops a request that hangs, and a wait', async () => {
    const server = await lineageServer()
    const transport = httpTransport({ url: server.url })
    for (const turn of ['hang', { status: 503, headers: { 'Retry-After': '20' } }] as const) {
      server.always(turn)
      const began = Date.now()
      await expect(transport.emit([eventOf('START')], { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
        code: 'DS_LINEAGE_UNREACHABLE',
      })
      expect(Date.now() - began).toBeLessThan(3000)
    }
  })

  test('what is secret is in no error, also where the server says it', async () => {
    const server = await lineageServer()
    server.always(({ headers }) => ({
      status: 400,
      body: `bad: ${headers.authorization} ${String(headers['x-key'])} https://a:hunter22@b`,
    }))
    const auth = { type: 'api_key', apiKey: 'k-1234' } as const
    const url = server.url.replace('//', '//ada:s3cret!@')
    const transport = httpTransport({ url, endpoint: 'in?token=abcdef', auth, headers: { 'X-Key': 'x-5678' } })
    const error: unknown = await transport.emit([eventOf('START')]).catch((problem: unknown) => problem)
    expect(error).toEqual(refusal('DS_LINEAGE_REJECTED', 'answers 400, bad: Bearer \\*\\*\\*'))
    expect(JSON.stringify([String(error), { ...(error as object) }])).not.toMatch(
      /k-1234|x-5678|hunter22|s3cret|abcdef/,
    )
  })
})

describe('redirections', () => {
  test('within the server they are followed, and the event comes along', async () => {
    const server = await lineageServer()
    server.script({ status: 301, headers: { Location: '/new' } }, { status: 308, headers: { Location: '/newer' } })
    await httpTransport({ url: server.url, auth: { type: 'api_key', apiKey: 'k-1234' } }).emit([eventOf('START')])
    expect(server.got.map(({ path }) => path)).toEqual(['/api/v1/lineage', '/new', '/newer'])
    expect(server.events).toHaveLength(1)
  })

  test('no other server gets events or keys', async () => {
    const [server, other] = [await lineageServer(), await lineageServer()]
    server.always({ status: 307, headers: { Location: `${other.url}/api/v1/lineage` } })
    const transport = httpTransport({ url: server.url, auth: { type: 'api_key', apiKey: 'k-1234' }, retry: quick })
    await expect(transport.emit([eventOf('START')])).rejects.toEqual(
      refusal('DS_LINEAGE_REFUSED', 'another server, http://127.0.0.1'),
    )
    expect(other.got).toEqual([])
    server.always({ status: 302, headers: { Location: '/round' } })
    await expect(transport.emit([eventOf('START')])).rejects.toEqual(refusal('DS_LINEAGE_REFUSED', 'on and on'))
  })
})

describe('batches', () => {
  test('of a batch that is taken in part, it tells which event is for later and which never', async () => {
    const server = await lineageServer()
    server.script({
      status: 200,
      body: { status: 'partial_success', failed_events: [failed(1, true), failed(2, false)] },
    })
    const transport = httpTransport({ url: server.url, batchEndpoint: 'api/v1/lineage/batch' })
    const receipts = await transport.offer([eventOf('START'), eventOf('START'), eventOf('START')])
    expect(receipts.map(({ fate }) => fate)).toEqual(['taken', 'later', 'rejected'])
    expect(receipts[2]?.error).toEqual(refusal('DS_LINEAGE_REJECTED', 'no 2'))
    expect(server.got[0]?.path).toBe('/api/v1/lineage/batch')
    expect(server.events).toHaveLength(1)
  })

  test('204 has taken all', async () => {
    const server = await lineageServer()
    server.script(204)
    const transport = httpTransport({ url: server.url, batchEndpoint: 'batch' })
    await transport.emit([eventOf('START'), eventOf('START')])
    expect(server.got).toHaveLength(1)
  })

  test('where there is no such endpoint, or it chokes on one, events go one by one', async () => {
    const server = await lineageServer()
    const transport = httpTransport({ url: server.url, batchEndpoint: 'batch', retry: quick })
    server.script(400, 201, 422)
    const receipts = await transport.offer([eventOf('START'), eventOf('START')])
    expect(receipts.map(({ fate }) => fate)).toEqual(['taken', 'rejected'])
    server.script(404)
    await transport.emit([eventOf('START'), eventOf('START')])
    await transport.emit([eventOf('START'), eventOf('START')])
    const paths = server.got.slice(3).map(({ path }) => path)
    expect(paths).toEqual(['/batch', ...Array.from({ length: 4 }, () => '/api/v1/lineage')])
  })
})

test('an address that is none is an error before anything is sent', () => {
  for (const url of ['', 'lineage.example.org', 'ftp://a', 'http://']) {
    expect(() => httpTransport({ url })).toThrow(expect.objectContaining({ code: 'DS_LINEAGE_CONFIG' }) as Error)
  }
})
