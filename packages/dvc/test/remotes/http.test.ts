import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { digestAuthorization } from '../../src/remotes/digest.ts'
import { httpRemote } from '../../src/remotes/http.ts'
import { Interruption, type Remote } from '../../src/remotes/remote.ts'
import { remoteConformance } from '../../src/testing.ts'
import { loopback } from './loopback.ts'

const PASSWORD = 'circle "of" life: ö'

/** A server that keeps what is posted to it, as a whole or not at all. */
function keeper(): (request: IncomingMessage, response: ServerResponse) => void {
  const store = new Map<string, Buffer>()
  return (request, response) => {
    const { url = '', method = '' } = request
    if (method === 'POST' || method === 'PUT') {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        store.set(url, Buffer.concat(pieces))
        response.writeHead(201, { ETag: '"new"' }).end()
      })
      return
    }
    const content = store.get(url)
    if (!content) {
      response.writeHead(404).end('nothing here')
      return
    }
    const md5 = createHash('md5').update(content).digest('base64')
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const range = { 'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}` }
    response.writeHead(from > 0 ? 206 : 200, {
      'Content-Length': content.length - from,
      'Content-MD5': md5,
      ...(from > 0 ? range : {}),
    })
    response.end(method === 'HEAD' ? undefined : content.subarray(from))
  }
}

/** Lets only those through who answer its challenge; a nonce holds for three questions. */
function guarded(inner: ReturnType<typeof keeper>, algorithm: string): ReturnType<typeof keeper> {
  let nonce = 0
  let uses = 0
  return (request, response) => {
    const { authorization = '', 'content-length': length } = request.headers
    const [, nc = '1'] = /nc=(\w+)/.exec(authorization) ?? []
    const [, cnonce = ''] = /cnonce="(\w+)"/.exec(authorization) ?? []
    const challenge = { realm: 'r', nonce: `n${nonce}`, algorithm, isCounted: true }
    const asked = { user: 'ada', password: PASSWORD, method: request.method ?? '', uri: request.url ?? '' }
    const wanted = digestAuthorization(challenge, { ...asked, count: Number.parseInt(nc, 16), cnonce })
    if (authorization === wanted && uses < 3) {
      uses++
      return inner(request, response)
    }
    nonce++
    uses = 0
    const header = `Digest realm="r", nonce="n${nonce}", qop="auth", algorithm=${algorithm}, Basic realm="r"`
    response.writeHead(401, { 'WWW-Authenticate': header, ...(length ? { Connection: 'close' } : {}) }).end()
  }
}

function* gigabyte(): Generator<Uint8Array> {
  for (let at = 0; at < 1000; at++) yield Buffer.alloc(1 << 20)
}

async function textOf(remote: Remote, key: string, from = 0): Promise<string> {
  let text = ''
  for await (const piece of (await remote.get(key, { from }))?.pieces ?? []) text += Buffer.from(piece).toString()
  return text
}

function thrownBy(work: Promise<unknown> | undefined): Promise<unknown> {
  return Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a server of HTTP as a remote', () => {
  test.each(remoteConformance(async () => httpRemote({ url: `${await loopback(keeper())}/data/` })))(
    '$name',
    ({ run }) => expect(run()).resolves.toBeUndefined(),
  )

  test.each(['MD5', 'SHA-256', 'SHA-256-sess'])('with a digest by %s, of a nonce that ends', async (algorithm) => {
    const url = await loopback(guarded(keeper(), algorithm))
    const remote = await httpRemote({ url, auth: 'digest', user: 'ada', password: PASSWORD })
    const content = Buffer.alloc(3 << 20, 'dayshift')
    for (let at = 0; at < 5; at++) {
      await remote.put?.(`k${at}`, { bytes: content.length, open: () => [content] })
      expect((await remote.has(`k${at}`))?.bytes).toBe(content.length)
    }
    const other = await httpRemote({ url, auth: 'digest', user: 'ada', password: 'wrong' })
    await expect(other.has('k1')).rejects.toMatchObject({ code: 'DS_REMOTE_DENIED' })
  })

  test('with a header of its own, which no other host gets', async () => {
    const seen: unknown[] = []
    const other = await loopback(({ headers }, response) => {
      seen.push(headers['x-token'])
      response.end('content')
    })
    const url = await loopback(({ headers, url: path }, response) => {
      seen.push(headers['x-token'])
      response.writeHead(302, { Location: path === '/own' ? '/own2' : `${other}/x` }).end()
    })
    const remote = await httpRemote({ url, auth: 'custom', custom_auth_header: 'X-Token', password: 'abc' })
    expect(await textOf(remote, 'x')).toBe('content')
    expect(seen).toEqual(['abc', undefined])
    expect(await textOf(remote, 'own')).toBe('content')
    expect(seen).toEqual(['abc', undefined, 'abc', 'abc', undefined])
  })

  test('what leads to itself is given up', async () => {
    const remote = await httpRemote({
      url: await loopback((_, response) => response.writeHead(302, { Location: '/x' }).end()),
    })
    await expect(remote.get('x')).rejects.toMatchObject({ code: 'DS_REMOTE_FAILED' })
  })

  test.each([
    [401, 'DS_REMOTE_DENIED'],
    [403, 'DS_REMOTE_DENIED'],
    [400, 'DS_REMOTE_FAILED'],
    [501, 'DS_REMOTE_FAILED'],
  ])('status %i is %s', async (status, code) => {
    const remote = await httpRemote({ url: await loopback((_, response) => response.writeHead(status).end('sorry')) })
    await expect(remote.get('x')).rejects.toMatchObject({ code })
    await expect(remote.put?.('x', { bytes: 1, open: () => [Buffer.from('x')] })).rejects.toMatchObject({ code })
  })

  test.each([408, 425, 429, 500, 502, 503, 504])('status %i may pass', async (status) => {
    const url = await loopback((_, response) => response.writeHead(status, { 'Retry-After': '3' }).end())
    const remote = await httpRemote({ url })
    const errors = [await thrownBy(remote.has('x')), await thrownBy(remote.get('x'))]
    expect(errors.every((error) => error instanceof Interruption && error.after === 3000)).toBe(true)
  })

  test.each([404, 410])('status %i says that it is not there', async (status) => {
    const remote = await httpRemote({ url: await loopback((_, response) => response.writeHead(status).end()) })
    expect([await remote.has('x'), await remote.get('x')]).toEqual([undefined, undefined])
  })

  test.each([405, 501])('where HEAD is answered with %i, GET is asked', async (status) => {
    const url = await loopback(({ method }, response) => {
      if (method === 'HEAD') response.writeHead(status).end()
      else response.writeHead(200, { 'Content-Length': 1 << 30, ETag: 'W/"1"' }).write('begin')
    })
    expect(await (await httpRemote({ url })).has('x')).toEqual({ bytes: 1 << 30, etag: 'W/1' })
  })

  test('one that breaks off in its middle is an interruption, from the content', async () => {
    const url = await loopback((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('begin')
      setTimeout(() => response.destroy(), 50)
    })
    const remote = await httpRemote({ url })
    const download = await remote.get('x')
    expect(download?.bytes).toBe(100)
    const read = async (): Promise<void> => {
      for await (const piece of download?.pieces ?? []) expect(Buffer.from(piece).toString()).toBe('begin')
    }
    expect(await thrownBy(read())).toBeInstanceOf(Interruption)
  })

  test('a server that falls silent is an interruption', async () => {
    const remote = await httpRemote({ url: await loopback(() => undefined), read_timeout: '0.1' })
    expect(await thrownBy(remote.has('x'))).toMatchObject({
      name: 'Interruption',
      message: expect.stringContaining('0.1 s') as string,
    })
  })

  test('nobody there is an interruption', async () => {
    const remote = await httpRemote({ url: 'http://127.0.0.1:9' })
    expect(await thrownBy(remote.has('x'))).toBeInstanceOf(Interruption)
  })

  test('work that is called off on its way ends at once', async () => {
    const url = await loopback((_, response) => response.writeHead(200, { 'Content-Length': 100 }).write('begin'))
    const remote = await httpRemote({ url })
    const stop = new AbortController()
    const download = await remote.get('x', { signal: stop.signal })
    const read = async (): Promise<void> => {
      for await (const piece of download?.pieces ?? []) if (piece.length > 0) stop.abort()
    }
    expect(await thrownBy(read())).toMatchObject({ code: 'DS_ABORTED' })
  })

  test('a server that refuses before all is sent is heard', async () => {
    let received = 0
    const url = await loopback((request, response) => {
      request.on('data', (piece: Buffer) => (received += piece.length))
      response.writeHead(403).end()
    })
    const remote = await httpRemote({ url })
    const error = await thrownBy(remote.put?.('x', { bytes: 1000 << 20, open: gigabyte }))
    expect(error).toMatchObject({ code: 'DS_REMOTE_DENIED' })
    expect(received).toBeLessThan(100 << 20)
  })

  test('content of another length than was said is not sent', async () => {
    const remote = await httpRemote({ url: await loopback(keeper()) })
    for (const bytes of [2, 4]) {
      const error = await thrownBy(remote.put?.('x', { bytes, open: () => [Buffer.from('abc')] }))
      expect(error).toMatchObject({ code: 'DS_DVC_CHANGED' })
    }
    expect(await remote.has('x')).toBeUndefined()
  })

  test('sizes of compressed content are not told, and what begins in the middle says so', async () => {
    const url = await loopback(({ headers }, response) => {
      if (headers.range) response.writeHead(206, { 'Content-Range': 'bytes 7-9/10' }).end('789')
      else response.writeHead(200, { 'Content-Length': 3, 'Content-Encoding': 'gzip' }).end('abc')
    })
    const remote = await httpRemote({ url })
    expect(await remote.has('x')).toEqual({})
    await expect(remote.get('x', { from: 5 })).rejects.toMatchObject({ code: 'DS_REMOTE_FAILED' })
    expect(await remote.get('x', { from: 8 })).toMatchObject({ from: 7, bytes: 10 })
  })

  test.each<[Record<string, string>, string]>([
    [{ auth: 'basic', user: 'ada' }, 'DS_DVC_CONFIG'],
    [{ auth: 'basic', user: 'ada', ask_password: 'true' }, 'DS_REMOTE_UNSUPPORTED'],
    [{ auth: 'custom', password: 'x' }, 'DS_DVC_CONFIG'],
    [{ url: 'http://' }, 'DS_DVC_CONFIG'],
    [{ ssl_verify: '/nowhere/ca.pem' }, 'DS_DVC_CONFIG'],
  ])('settings that lack something: %j', async (settings, code) => {
    await expect(httpRemote({ url: 'http://127.0.0.1:9', ...settings })).rejects.toMatchObject({ code })
  })

  test('its address is shown without user, password and parameters', async () => {
    const remote = await httpRemote({ url: 'https://ada:pw@127.0.0.1/some%20data/?sig=abc#x' })
    expect(remote.url).toBe('https://127.0.0.1/some data')
  })
})
