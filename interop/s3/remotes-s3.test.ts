import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Remote, Upload } from '../../packages/dvc/src/remotes/remote.ts'
import { s3Remote } from '../../packages/dvc/src/remotes/s3.ts'
import { remoteConformance } from '../../packages/dvc/src/testing.ts'
import { certify } from '../certificate.ts'
import { MOTO, startMoto, startStrictMoto, type Moto } from '../moto.ts'
import { canInstall } from '../peer.ts'

/** Who cannot read signatures over some characters. */
let lenient: Moto
let moto: Awaited<ReturnType<typeof startStrictMoto>>
let admin: S3Client
let made = 0
const ANYBODY = { access_key_id: 'any', secret_access_key: 'body' }
const folder = mkdtempSync(join(tmpdir(), 'dayshift-s3-'))

beforeAll(async () => {
  if (!canInstall) return
  lenient = await startMoto()
  moto = await startStrictMoto()
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey } = moto.owner
  const credentials = { accessKeyId, secretAccessKey }
  admin = new S3Client({ endpoint: moto.endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
})
afterAll(async () => {
  admin?.destroy()
  await moto?.stop()
  await lenient?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function newBucket(): Promise<string> {
  const Bucket = `bucket-${++made}`
  await admin.send(new CreateBucketCommand({ Bucket }))
  return Bucket
}

/** A remote in a new bucket of the moto that checks nothing. */
async function openRemote(settings: Readonly<Record<string, string>> = ANYBODY): Promise<Remote> {
  const bucket = `open-${++made}`
  await fetch(`${lenient.endpoint}/${bucket}`, { method: 'PUT' })
  return remoteIn(bucket, { endpointurl: lenient.endpoint, ...settings })
}

/** A remote in a bucket, with the owner's key unless other settings say otherwise. */
function remoteIn(bucket: string, settings: Readonly<Record<string, string>> = moto.owner): Promise<Remote> {
  return s3Remote({ url: `s3://${bucket}/some prefix/store/`, endpointurl: moto.endpoint, ...settings })
}

describe.runIf(canInstall)(`S3, as moto ${MOTO} speaks it`, () => {
  test.each(remoteConformance(() => openRemote()))('$name', ({ run }) => expect(run()).resolves.toBeUndefined())

  test('parts of an upload that fails are taken back', async () => {
    const bucket = await newBucket()
    const remote = await remoteIn(bucket)
    const disk = new Error('the disk is gone')
    const broken: Upload = {
      bytes: 40 << 20,
      async *open() {
        for (let at = 0; at < 20; at++) yield Buffer.alloc(1 << 20, at)
        throw disk
      },
    }
    await expect(remote.put?.('x', broken)).rejects.toBe(disk)
    const stop = new AbortController()
    const slow: Upload = {
      bytes: 40 << 20,
      async *open() {
        for (let at = 0; at < 40; at++) {
          if (at === 30) stop.abort()
          yield Buffer.alloc(1 << 20, at)
        }
      },
    }
    await expect(remote.put?.('x', slow, { signal: stop.signal })).rejects.toMatchObject({ code: 'DS_ABORTED' })
    const { Uploads = [] } = await admin.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    expect(Uploads).toEqual([])
    expect(await remote.has('x')).toBeUndefined()
    await remote.close?.()
  })

  test('thousands are listed page by page, and removed in bulk', async () => {
    const remote = await openRemote()
    const keys = Array.from({ length: 2100 }, (_, at) => `many/${at % 7}/${at}+ ü&<%20`)
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map(async (key) => remote.put?.(key, uploadOf(key))))
    }
    const sizes: number[] = []
    const listed = new Set<string>()
    for await (const page of remote.list?.('many/') ?? []) {
      sizes.push(page.length)
      for (const { key } of page) listed.add(key)
    }
    expect(sizes).toEqual([1000, 1000, 100])
    expect([...listed].toSorted()).toEqual(keys.toSorted())
    await remote.remove?.([...keys.slice(1), 'many/never'])
    const left: string[] = []
    for await (const page of remote.list?.('') ?? []) left.push(...page.map(({ key }) => key))
    expect(left).toEqual([keys[0]])
    await remote.close?.()
  }, 120_000)

  test('versions are told, and come back', async () => {
    const bucket = await newBucket()
    const VersioningConfiguration = { Status: 'Enabled' as const }
    await admin.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
    const remote = await remoteIn(bucket)
    const first = await remote.put?.('x', uploadOf('first'))
    const second = await remote.put?.('x', uploadOf('the second'))
    expect(first?.version).toMatch(/./)
    expect(second?.version).not.toBe(first?.version)
    expect(second?.etag).toBe(createHash('md5').update('the second').digest('hex'))
    expect(await remote.has('x')).toEqual(second)
    expect(await textOf(remote, 'x', first?.version)).toBe('first')
    expect(await textOf(remote, 'x')).toBe('the second')
    await remote.close?.()
  })

  test('a range behind the end is empty', async () => {
    const remote = await remoteIn(await newBucket())
    await remote.put?.('ten', uploadOf('0123456789'))
    expect(await remote.get('ten', { from: 10 })).toMatchObject({ bytes: 10, from: 10, pieces: [] })
    await remote.close?.()
  })

  test('keys come from a profile in files of their own place', async () => {
    const { access_key_id, secret_access_key } = moto.owner
    const credentialpath = join(folder, 'credentials')
    const configpath = join(folder, 'config')
    const text = `[lab]\naws_access_key_id = ${access_key_id}\naws_secret_access_key = ${secret_access_key}\n`
    writeFileSync(credentialpath, text)
    writeFileSync(configpath, '[profile lab]\nregion = eu-central-1\n')
    const remote = await remoteIn(await newBucket(), { profile: 'lab', credentialpath, configpath })
    await remote.put?.('x', uploadOf('content'))
    expect(await textOf(remote, 'x')).toBe('content')
    await remote.close?.()
  })

  test('keys come from the environment that is given', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: moto.owner.access_key_id,
      AWS_SECRET_ACCESS_KEY: moto.owner.secret_access_key,
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_DEFAULT_REGION: 'us-west-2',
    }
    const remote = await s3Remote({ url: `s3://${await newBucket()}` }, { env })
    await remote.put?.('x', uploadOf('content'))
    expect(await textOf(remote, 'x')).toBe('content')
    await remote.close?.()
  })

  test('a client that is set up already stays open', async () => {
    const bucket = await newBucket()
    const remote = await s3Remote({ url: `s3://${bucket}` }, { client: admin })
    await remote.put?.('x', uploadOf('content'))
    await remote.close?.()
    const again = await s3Remote({ url: `s3://${bucket}` }, { client: admin })
    expect(await textOf(again, 'x')).toBe('content')
  })

  test('how it is to be encrypted, and with whose key', async () => {
    const bucket = await newBucket()
    const own = Buffer.alloc(32, 7).toString('base64')
    const plain = await remoteIn(bucket, { ...moto.owner, sse: 'AES256', acl: 'bucket-owner-full-control' })
    await plain.put?.('sse', uploadOf('content'))
    const Key = 'some prefix/store/sse'
    const head = await admin.send(new HeadObjectCommand({ Bucket: bucket, Key }))
    expect(head.ServerSideEncryption).toBe('AES256')
    const keyed = await remoteIn(bucket, { ...moto.owner, sse_customer_key: own })
    await keyed.put?.('own', uploadOf('content'))
    expect(await textOf(keyed, 'own')).toBe('content')
    await plain.close?.()
    await keyed.close?.()
  })

  test('a wrong key, and one that may not write, are denied, and no secret is told', async () => {
    const bucket = await newBucket()
    const secret_access_key = 'wrong/secret/that/must/not/show'
    const stranger = await remoteIn(bucket, { access_key_id: moto.owner.access_key_id, secret_access_key })
    const error = await stranger.get('x').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'DS_REMOTE_DENIED',
      message: expect.stringContaining('SignatureDoesNotMatch') as string,
    })
    expect(JSON.stringify([String(error), error])).not.toContain(secret_access_key)
    await expect(stranger.has('x')).rejects.toMatchObject({ code: 'DS_REMOTE_DENIED' })
    const unknown = await remoteIn(bucket, { access_key_id: 'AKIAUNKNOWN', secret_access_key })
    await expect(unknown.get('x')).rejects.toMatchObject({ code: 'DS_REMOTE_DENIED' })
    const nobody = await openRemote({ allow_anonymous_login: 'true' })
    await nobody.put?.('x', uploadOf('content'))
    await expect(nobody.has('x')).rejects.toMatchObject({ code: 'DS_REMOTE_DENIED' })
    const reader = await remoteIn(bucket, moto.reader)
    expect(await reader.get('x')).toBeUndefined()
    await expect(reader.put?.('x', uploadOf('content'))).rejects.toMatchObject({ code: 'DS_REMOTE_DENIED' })
    const large = { bytes: 20 << 20, open: () => [Buffer.alloc(20 << 20)] }
    await expect(reader.put?.('x', large)).rejects.toMatchObject({ code: 'DS_REMOTE_DENIED' })
    for (const remote of [stranger, unknown, nobody, reader]) await remote.close?.()
  })

  test('over TLS its certificate counts', async () => {
    const tls = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') }
    expect(await certify(tls.certificate, tls.key)).toBe(true)
    const secure = await startMoto({ tls })
    try {
      const settings = { url: 's3://secure', endpointurl: secure.endpoint, ...ANYBODY }
      await expect((await s3Remote(settings)).has('x')).rejects.toMatchObject({
        code: 'DS_REMOTE_FAILED',
        hint: expect.stringContaining('ssl_verify') as string,
      })
      const remote = await s3Remote({ ...settings, ssl_verify: tls.certificate })
      const client = new S3Client({
        endpoint: secure.endpoint,
        region: 'us-east-1',
        forcePathStyle: true,
        credentials: { accessKeyId: 'any', secretAccessKey: 'body' },
        requestHandler: { httpsAgent: { rejectUnauthorized: false } },
      })
      await client.send(new CreateBucketCommand({ Bucket: 'secure' }))
      const large = Buffer.alloc(9 << 20, 'dayshift').toString()
      await remote.put?.('small', uploadOf('content'))
      await remote.put?.('large', uploadOf(large))
      expect(await textOf(remote, 'small')).toBe('content')
      expect((await textOf(remote, 'large')) === large).toBe(true)
      client.destroy()
      await remote.close?.()
    } finally {
      await secure.stop()
    }
  })

  test('a bucket that is not there is named', async () => {
    const remote = await remoteIn('no-such-bucket')
    const missing = { code: 'DS_REMOTE_FAILED', message: expect.stringContaining('no-such-bucket') as string }
    await expect(remote.get('x')).rejects.toMatchObject(missing)
    await expect(remote.put?.('x', uploadOf('content'))).rejects.toMatchObject(missing)
    await remote.close?.()
  })
})

function uploadOf(text: string, md5 = createHash('md5').update(text).digest('hex')): Upload {
  const content = Buffer.from(text)
  return { bytes: content.length, md5, open: () => [content] }
}

async function textOf(remote: Remote, key: string, version?: string): Promise<string> {
  let text = ''
  for await (const piece of (await remote.get(key, { version }))?.pieces ?? []) text += Buffer.from(piece).toString()
  return text
}
