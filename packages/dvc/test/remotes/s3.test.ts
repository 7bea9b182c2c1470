import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { Interruption, type Remote, type Upload } from '../../src/remotes/remote.ts'
import { s3Remote } from '../../src/remotes/s3.ts'
import { loopback } from './loopback.ts'

const SECRET = 'secret/that/must/not/show'
const KEYS = { access_key_id: 'AKIAEXAMPLE', secret_access_key: SECRET, session_token: 'token-that-must-not-show' }

/** A remote in a bucket of a server that answers as it is told; nothing else of S3 is there. */
async function answered(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  settings: Readonly<Record<string, string>> = KEYS,
): Promise<Remote> {
  const endpointurl = await loopback((request, response) => {
    // A request may break off while it is read.
    void (async () => answer(request, response))().catch(() => response.destroy())
  })
  return s3Remote({ url: 's3://data/store', endpointurl, region: 'us-east-1', ...settings })
}

/** An error as S3 writes it. */
function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/xml', ...headers })
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`)
}

function thrownBy(work: Promise<unknown> | undefined): Promise<unknown> {
  return Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  )
}

const upload: Upload = {
  bytes: 7,
  md5: createHash('md5').update('content').digest('hex'),
  open: () => [Buffer.from('content')],
}

/** Reads a request to its end. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('what S3 refuses', () => {
  test.each([
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [429, 'TooManyRequests'],
    [400, 'RequestTimeout'],
    [400, 'BadDigest'],
  ])('%i %s may pass', async (status, code) => {
    const remote = await answered((request, response) => {
      request.resume()
      refuse(response, status, code, { 'Retry-After': '4' })
    })
    const errors = [await thrownBy(remote.get('x')), await thrownBy(remote.put?.('x', upload))]
    expect(errors.every((error) => error instanceof Interruption && error.after === 4000)).toBe(true)
  })

  test.each([
    [403, 'AccessDenied', 'DS_REMOTE_DENIED'],
    [403, 'InvalidAccessKeyId', 'DS_REMOTE_DENIED'],
    [403, 'SignatureDoesNotMatch', 'DS_REMOTE_DENIED'],
    [400, 'ExpiredToken', 'DS_REMOTE_DENIED'],
    [404, 'NoSuchBucket', 'DS_REMOTE_FAILED'],
    [400, 'InvalidArgument', 'DS_REMOTE_FAILED'],
  ])('%i %s is told, without a secret', async (status, errorCode, code) => {
    const remote = await answered((_, response) => refuse(response, status, errorCode))
    const error = await thrownBy(remote.get('x'))
    expect(error).toMatchObject({ code, message: expect.stringContaining('s3://data/') as string })
    expect(inspect(error, { depth: 20 })).not.toMatch(/must.not.show|AWS4-HMAC/)
  })

  test('a HEAD that is denied has no text, and is denied', async () => {
    const remote = await answered((_, response) => response.writeHead(403).end())
    await expect(remote.has('x')).rejects.toMatchObject({
      code: 'DS_REMOTE_DENIED',
      message: 's3://data/store/x: was answered with status 403',
    })
  })

  test('what is not there is nothing', async () => {
    const remote = await answered((_, response) => refuse(response, 404, 'NoSuchKey'))
    expect([await remote.has('x'), await remote.get('x')]).toEqual([undefined, undefined])
  })

  test('credentials that are nowhere are named', async () => {
    const files = { profile: 'nobody', credentialpath: '/nowhere/credentials', configpath: '/nowhere/config' }
    const remote = await answered((_, response) => response.end(), files)
    const error = await thrownBy(remote.get('x'))
    expect(error).toMatchObject({ code: 'DS_REMOTE_DENIED', hint: expect.stringContaining('AWS_PROFILE') as string })
  })

  test('keys that cannot be removed are named', async () => {
    const remote = await answered((_, response) =>
      response.end(
        '<DeleteResult><Error><Key>store/a</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>',
      ),
    )
    await expect(remote.remove?.(['a', 'b'])).rejects.toMatchObject({
      code: 'DS_REMOTE_DENIED',
      where: 's3://data/store/a',
    })
  })
})

describe('the way to S3', () => {
  test('an object that breaks off in its middle is an interruption, from its content', async () => {
    const remote = await answered((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('begin')
      setTimeout(() => response.destroy(), 50)
    })
    const download = await remote.get('x')
    const read = async (): Promise<void> => {
      for await (const piece of download?.pieces ?? []) expect(Buffer.from(piece).toString()).toBe('begin')
    }
    expect(download?.bytes).toBe(100)
    expect(await thrownBy(read())).toBeInstanceOf(Interruption)
  })

  test('a connection that is cut, and nobody there, are interruptions', async () => {
    const remote = await answered((request) => request.socket.destroy())
    expect(await thrownBy(remote.has('x'))).toBeInstanceOf(Interruption)
    const nobody = await s3Remote({ url: 's3://data', endpointurl: 'http://127.0.0.1:9', ...KEYS })
    expect(await thrownBy(nobody.put?.('x', upload))).toBeInstanceOf(Interruption)
  })

  test('a server that falls silent is an interruption', async () => {
    const remote = await answered(() => undefined, { ...KEYS, read_timeout: '1' })
    expect(await thrownBy(remote.has('x'))).toBeInstanceOf(Interruption)
  })

  test('work that is called off on its way ends at once', async () => {
    const remote = await answered((_, response) => response.writeHead(200, { 'Content-Length': 100 }).write('begin'))
    const stop = new AbortController()
    const download = await remote.get('x', { signal: stop.signal })
    const read = async (): Promise<void> => {
      for await (const piece of download?.pieces ?? []) if (piece.length > 0) stop.abort()
    }
    expect(await thrownBy(read())).toMatchObject({ code: 'DS_ABORTED' })
  })
})

describe('what S3 is asked', () => {
  test('content goes with its md5, without checksums that others do not know', async () => {
    const seen: IncomingMessage[] = []
    const remote = await answered(
      async (request, response) => {
        seen.push(request)
        expect((await bodyOf(request)).toString()).toBe('content')
        response.writeHead(200, { ETag: '"e"', 'x-amz-version-id': 'v1' }).end()
      },
      { ...KEYS, sse: 'aws:kms', sse_kms_key_id: 'k', acl: 'private' },
    )
    expect(await remote.put?.('a/b', upload)).toEqual({ bytes: 7, etag: 'e', version: 'v1' })
    const [{ headers, method, url }] = seen as [IncomingMessage]
    expect([method, url]).toEqual(['PUT', '/data/store/a/b?x-id=PutObject'])
    expect(headers).toMatchObject({
      'content-length': '7',
      'content-md5': Buffer.from(upload.md5 as string, 'hex').toString('base64'),
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'k',
      'x-amz-acl': 'private',
    })
    expect(Object.keys(headers).filter((name) => /checksum|crc|expect/.test(name))).toEqual([])
  })

  test('what is removed in bulk is told with its md5', async () => {
    let body: Buffer = Buffer.alloc(0)
    let headers: IncomingMessage['headers'] = {}
    const remote = await answered(async (request, response) => {
      headers = request.headers
      body = await bodyOf(request)
      response.end('<DeleteResult/>')
    })
    await remote.remove?.(['a', 'b'])
    expect(headers['content-md5']).toBe(createHash('md5').update(body).digest('base64'))
    expect(Object.keys(headers).filter((name) => /checksum/.test(name))).toEqual([])
    expect(body.toString()).toContain('<Object><Key>store/a</Key></Object>')
  })

  test('nobody signs where nobody logs in', async () => {
    let authorization: string | undefined = 'none came'
    const remote = await answered(
      (request, response) => {
        authorization = request.headers.authorization
        response.writeHead(200, { 'Content-Length': 3 }).end()
      },
      { allow_anonymous_login: 'true' },
    )
    expect(await remote.has('x')).toEqual({ bytes: 3 })
    expect(authorization).toBeUndefined()
  })

  test('a client of the caller’s is asked as it is', async () => {
    const endpoint = await loopback((_, response) => response.writeHead(200, { 'Content-Length': 3 }).end())
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    const client = new S3Client({ endpoint, forcePathStyle: true, region: 'eu-west-1', credentials })
    const remote = await s3Remote({ url: 's3://data' }, { client })
    await remote.close?.()
    expect(await (await s3Remote({ url: 's3://data' }, { client })).has('x')).toEqual({ bytes: 3 })
    client.destroy()
  })

  test('large content goes in parts, whichever ends first, and what fails is taken back', async () => {
    const content = Buffer.alloc((20 << 20) + 5, 'dayshift')
    const asked: string[] = []
    const parts = new Map<number, Buffer>()
    let failing = 0
    let completed = ''
    const remote = await answered(async (request, response) => {
      const url = new URL(request.url ?? '', 'http://host')
      const number = Number(url.searchParams.get('partNumber'))
      const body = await bodyOf(request)
      asked.push(`${request.method} ${number || ''}`)
      if (request.method === 'DELETE') return response.writeHead(204).end()
      if (url.searchParams.has('uploads')) return response.end('<R><UploadId>u</UploadId></R>')
      if (number === 0) {
        completed = body.toString()
        return response.end('<R><ETag>"e-3"</ETag></R>')
      }
      expect(request.headers['content-md5']).toBe(createHash('md5').update(body).digest('base64'))
      if (number === 2 && failing-- > 0) return refuse(response, 503, 'SlowDown')
      parts.set(number, body)
      return setTimeout(() => response.writeHead(200, { ETag: `"${number}"` }).end(), 30 * (4 - number))
    })
    const large: Upload = {
      bytes: content.length,
      open: () => [content.subarray(0, 9 << 20), content.subarray(9 << 20)],
    }
    expect(await remote.put?.('x', large)).toEqual({ bytes: content.length, etag: 'e-3' })
    expect(Buffer.concat([1, 2, 3].map((number) => parts.get(number) ?? Buffer.alloc(0))).equals(content)).toBe(true)
    expect([...completed.matchAll(/<PartNumber>(\d)/g)].map(([, number]) => number)).toEqual(['1', '2', '3'])
    // A part that is turned away is sent again by itself.
    asked.length = 0
    failing = 1
    expect(await remote.put?.('x', large)).toEqual({ bytes: content.length, etag: 'e-3' })
    expect(asked.toSorted()).toEqual(['POST ', 'POST ', 'PUT 1', 'PUT 2', 'PUT 2', 'PUT 3'])
    failing = Infinity
    expect(await thrownBy(remote.put?.('x', large))).toMatchObject({ code: 'DS_REMOTE_FAILED' })
    expect(asked.at(-1)).toBe('DELETE ')
  }, 30_000)
})

test.each<[string, Record<string, string>]>([
  ['no bucket', { url: 's3://' }],
  ['two keys of encryption', { sse_customer_key: 'k', sse_kms_key_id: 'k' }],
  ['an ACL and grants', { acl: 'private', grant_read: 'id=1' }],
  ['certificates that are not there', { ssl_verify: '/nowhere/ca.pem' }],
])('settings that cannot be: %s', async (_, settings) => {
  await expect(s3Remote({ url: 's3://data', ...settings })).rejects.toMatchObject({ code: 'DS_DVC_CONFIG' })
})

test.each([
  ['s3://data', 's3://data'],
  ['s3://data/', 's3://data'],
  ['s3://data//a/b//', 's3://data/a/b'],
  [
    's3://arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/a',
    's3://arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/a',
  ],
])('%s is shown as %s', async (url, shown) => {
  const remote = await s3Remote({ url, region: 'eu-west-1' })
  expect(remote.url).toBe(shown)
  await remote.close?.()
})
