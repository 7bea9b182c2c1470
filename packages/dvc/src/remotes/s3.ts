import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { _Error, S3Client } from '@aws-sdk/client-s3'
import { isDayshiftError, throwIfAborted, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { RemoteSettings } from '../config.ts'
import { branchOf, type Branch } from './abort.ts'
import { breakage } from './breakage.ts'
import { blocksOf } from './content.ts'
import { Interruption, type Download, type Held, type Listed, type Pieces, type Remote, type Upload } from './remote.ts'
import { loadSdk, openClient } from './s3/client.ts'
import { unsigned, withMd5 } from './s3/digests.ts'
import { PART, sendParts, type Kept } from './s3/parts.ts'
import { isBeyond, isMissing, refusal } from './s3/refusal.ts'
import { slots } from './slots.ts'

/** Keys that S3 lists, and removes, with one question. */
const PAGE = 1000

/** Objects at a time. Most of a question is waiting. */
const JOBS = 16

/** What S3 needs beside a remote's settings. */
export interface S3Options {
  /** Variables such as `AWS_PROFILE`; none by default. The SDK's own chain of credentials reads its environment besides. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** A client that is set up already, which stays open; one by the settings and `env` by default. */
  readonly client?: Pick<S3Client, 'send'> | undefined
}

/**
 * A bucket of S3, or of a server that speaks as S3 does, as a remote. Objects above 8 MiB go in parts of that size, each held
 * against its md5 by the server; at most 16 parts, of all objects together, are in memory.
 * What a bucket with versions holds is told with its version.
 *
 * @param settings by DVC's names: `url` (`s3://bucket/prefix`), `endpointurl`, `region`, `profile`, `credentialpath`,
 *   `configpath`, `access_key_id`, `secret_access_key`, `session_token`, `use_ssl`, `ssl_verify`, `sse`, `sse_kms_key_id`,
 *   `sse_customer_algorithm`, `sse_customer_key` (base64), `acl`, `grant_*`, `allow_anonymous_login`; `read_timeout` and
 *   `connect_timeout` in seconds, 60 by default. `listobjects` is not heeded: listings are always the newer ones
 * @throws DS_REMOTE_PACKAGE where `@aws-sdk/client-s3` is not installed; DS_DVC_CONFIG where settings exclude each other
 * @example
 * const remote = await s3Remote({ url: 's3://data/store', profile: 'lab' }, { env: process.env })
 * for await (const page of remote.list?.('files/md5/') ?? []) console.log(page.length)
 */
export async function s3Remote(settings: RemoteSettings, options: S3Options = {}): Promise<Remote> {
  const { bucket: Bucket, base, url } = placeOf(settings)
  const extra = extrasOf(settings, url)
  const sdk = await loadSdk()
  const client = options.client ?? (await openClient(sdk, settings, options.env ?? {}))
  const room = slots(JOBS)
  let bucket: Promise<void> | undefined
  const target = (key: string): { Bucket: string; Key: string } => ({ Bucket, Key: base + key })
  const place = (key: string): string => `s3://${Bucket}/${base}${key}`

  async function has(key: string, signal?: AbortSignal, version?: string): Promise<Held | undefined> {
    const command = new sdk.HeadObjectCommand({ ...target(key), ...extra.read, ...versioned(version) })
    const answer = await find(place(key), signal, (branch) => client.send(command, branch))
    if (!answer) await (bucket ??= needBucket(signal))
    return answer && heldIn(answer, answer.ContentLength)
  }

  /** An answer to HEAD does not tell whether the object is not there, or the bucket. */
  async function needBucket(signal?: AbortSignal): Promise<void> {
    const command = new sdk.ListObjectsV2Command({ Bucket, MaxKeys: 1 })
    await ask(url, signal, async (branch) => {
      try {
        await client.send(command, branch)
      } catch (error) {
        bucket = undefined
        // Who may not list may read all the same.
        if (error instanceof Error && error.name === 'NoSuchBucket') throw error
      }
    })
  }

  async function get(key: string, from: number, signal?: AbortSignal, version?: string): Promise<Download | undefined> {
    const range = from > 0 ? { Range: `bytes=${from}-` } : {}
    const command = new sdk.GetObjectCommand({ ...target(key), ...extra.read, ...versioned(version), ...range })
    const branch = branchOf(signal)
    const answer = await find(place(key), signal, () => client.send(command, branch).catch(beyond)).catch(
      (error: unknown) => {
        branch.leave()
        throw error
      },
    )
    if (!answer || answer === 'beyond') {
      branch.leave()
      const held = answer && (await has(key, signal, version))
      return held && { ...held, from, pieces: [] }
    }
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+)/.exec(answer.ContentRange ?? '') ?? []
    const bytes = total === undefined ? answer.ContentLength : Number(total)
    // In Node, this is what it is.
    const body = answer.Body as Readable
    // It may break after its reader has turned away.
    body.on('error', () => undefined).once('close', () => branch.leave())
    const pieces = received(body, answer.ContentLength, place(key), signal)
    return { ...heldIn(answer, bytes), from: Number(first ?? 0), pieces }
  }

  async function sendWhole(key: string, upload: Upload, signal?: AbortSignal): Promise<Kept> {
    const free = await room.take()
    try {
      const Body = await whole(blocksOf(upload, PART, place(key), undefined, signal))
      const ContentMD5 = upload.md5 === undefined ? md5Of(Body) : Buffer.from(upload.md5, 'hex').toString('base64')
      const command = unsigned(new sdk.PutObjectCommand({ ...target(key), ...extra.write, Body, ContentMD5 }))
      return await ask(place(key), signal, (branch) => client.send(command, branch))
    } finally {
      free()
    }
  }

  async function* list(prefix: string, signal?: AbortSignal): AsyncGenerator<readonly Listed[]> {
    const wanted = { Bucket, Prefix: base + prefix, MaxKeys: PAGE, EncodingType: 'url' as const }
    for (let ContinuationToken: string | undefined; ;) {
      const command = new sdk.ListObjectsV2Command({ ...wanted, ContinuationToken })
      const page = await ask(`s3://${Bucket}/${wanted.Prefix}`, signal, (branch) => client.send(command, branch))
      const isEncoded = page.EncodingType === 'url'
      const listed = (page.Contents ?? []).flatMap(({ Key = '', Size = 0, ETag }): Listed[] => {
        const name = isEncoded ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key
        // Consoles make such keys so that a folder shows.
        if (name.endsWith('/') && Size === 0) return []
        return [{ key: name.slice(base.length), ...heldIn({ ETag }, Size), bytes: Size }]
      })
      if (listed.length > 0) yield listed
      if (!page.IsTruncated) return
      ContinuationToken = page.NextContinuationToken
    }
  }

  async function remove(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    for (let at = 0; at < keys.length; at += PAGE) {
      const Objects = keys.slice(at, at + PAGE).map((key) => ({ Key: base + key }))
      const command = withMd5(new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
      const { Errors = [] } = await ask(url, signal, (branch) => client.send(command, branch))
      const kept = Errors.filter(({ Code }) => Code !== 'NoSuchKey')
      if (kept.length > 0) throw notRemoved(kept, Bucket)
    }
  }

  return {
    url,
    jobs: JOBS,
    pageSize: PAGE,
    has: (key, { signal } = {}) => has(key, signal),
    get: (key, { from = 0, signal, version } = {}) => get(key, from, signal, version),
    async put(key, upload, { signal } = {}) {
      throwIfAborted(signal)
      if (upload.bytes <= PART) return heldIn(await sendWhole(key, upload, signal), upload.bytes)
      const content = shielded(upload)
      const object = { sdk, client, target: target(key), begin: extra.write, part: extra.read, where: place(key), room }
      try {
        return heldIn(await sendParts(object, content, signal), upload.bytes)
      } catch (error) {
        throw content.isCause(error) || isDayshiftError(error) ? error : refusal(error, place(key), signal)
      }
    },
    list: (prefix, { signal } = {}) => list(prefix, signal),
    remove: (keys, { signal } = {}) => remove(keys, signal),
    async close() {
      if ('destroy' in client && client !== options.client) (client as S3Client).destroy()
    },
  }
}

/** Asks once; what goes wrong is told in this package's errors. */
async function ask<Answer>(
  where: string,
  signal: AbortSignal | undefined,
  question: (branch: Branch) => Promise<Answer>,
): Promise<Answer> {
  throwIfAborted(signal)
  const branch = branchOf(signal)
  try {
    return await question(branch)
  } catch (error) {
    throw isDayshiftError(error) ? error : refusal(error, where, signal)
  } finally {
    branch.leave()
  }
}

/** As {@link ask}, for what may not be there. */
function find<Answer>(
  where: string,
  signal: AbortSignal | undefined,
  question: (branch: Branch) => Promise<Answer>,
): Promise<Answer | undefined> {
  return ask(where, signal, async (branch) => {
    try {
      return await question(branch)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  })
}

function beyond(error: unknown): 'beyond' {
  if (isBeyond(error)) return 'beyond'
  throw error
}

function placeOf({ url = '' }: RemoteSettings): { bucket: string; base: string; url: string } {
  // An access point's name holds a slash.
  const [, bucket, path = ''] = /^s3:\/\/(arn:[^/]*:accesspoint\/[^/]+|[^/]+)\/*(.*?)\/*$/is.exec(url) ?? []
  if (bucket === undefined) {
    throw failure('DS_DVC_CONFIG', `${withoutSecrets(url)} names no bucket`, {
      where: 'url',
      hint: 'Write s3://BUCKET/PREFIX.',
    })
  }
  return { bucket, base: path === '' ? '' : `${path}/`, url: `s3://${bucket}${path === '' ? '' : `/${path}`}` }
}

/** What requests that read, and those that write, need besides. */
function extrasOf(settings: RemoteSettings, where: string): { readonly read: object; readonly write: object } {
  const own = settings['sse_customer_key']
  const grants = {
    GrantRead: settings['grant_read'],
    GrantReadACP: settings['grant_read_acp'],
    GrantWriteACP: settings['grant_write_acp'],
    GrantFullControl: settings['grant_full_control'],
  }
  if (own && settings['sse_kms_key_id']) throw exclusive('sse_customer_key', 'sse_kms_key_id', where)
  if (settings['acl'] && Object.values(grants).some(Boolean)) throw exclusive('acl', 'grant_*', where)
  const read = own ? { SSECustomerAlgorithm: settings['sse_customer_algorithm'] || 'AES256', SSECustomerKey: own } : {}
  const write = {
    ...read,
    ServerSideEncryption: settings['sse'],
    SSEKMSKeyId: settings['sse_kms_key_id'],
    ACL: settings['acl'],
    ...grants,
  }
  return { read, write: Object.fromEntries(Object.entries(write).filter(([, value]) => value)) }
}

function exclusive(one: string, other: string, where: string): Error {
  return failure('DS_DVC_CONFIG', `${where}: ${one} and ${other} exclude each other`, {
    where,
    hint: 'Take one of the settings away.',
  })
}

function versioned(VersionId: string | undefined): { readonly VersionId?: string } {
  return VersionId === undefined ? {} : { VersionId }
}

function heldIn({ ETag, VersionId }: Kept, bytes: number | undefined): Held {
  return {
    ...(bytes === undefined ? {} : { bytes }),
    ...(ETag === undefined ? {} : { etag: ETag.replaceAll('"', '') }),
    ...(VersionId === undefined ? {} : { version: VersionId }),
  }
}

/** The one block that content of at most that size is. */
async function whole(blocks: AsyncIterable<Buffer>): Promise<Buffer> {
  let all: Buffer = Buffer.alloc(0)
  for await (const block of blocks) all = block
  return all
}

function md5Of(content: Uint8Array): string {
  return createHash('md5').update(content).digest('base64')
}

/** The content as it comes. */
async function* received(
  body: AsyncIterable<Uint8Array>,
  length: number | undefined,
  where: string,
  signal: AbortSignal | undefined,
): Pieces & AsyncGenerator<Uint8Array> {
  let left = length
  try {
    for await (const piece of body) {
      if (left !== undefined) left -= piece.length
      yield piece
    }
  } catch (error) {
    throw breakage(error, where, signal)
  }
  throwIfAborted(signal)
  if (left) throw new Interruption(`${where}: the connection ended ${left} bytes too early`)
}

/** An upload that knows what it threw itself: that is no failure of the remote. */
function shielded(upload: Upload): Upload & { isCause(error: unknown): boolean } {
  const causes = new Set<unknown>()
  return {
    ...upload,
    async *open() {
      try {
        yield* upload.open()
      } catch (error) {
        causes.add(error)
        throw error
      }
    },
    isCause: (error) => causes.has(error) || isDayshiftError(error),
  }
}

function notRemoved(errors: readonly _Error[], bucket: string): Error {
  const [first] = errors
  const where = `s3://${bucket}/${first?.Key ?? ''}`
  const others = errors.length > 1 ? `, and ${errors.length - 1} others` : ''
  const message = `${where}${others} could not be removed: ${first?.Code}: ${withoutSecrets(first?.Message ?? '')}`
  if (/^(?:InternalError|SlowDown|ServiceUnavailable)$/.test(first?.Code ?? '')) return new Interruption(message)
  return failure(first?.Code === 'AccessDenied' ? 'DS_REMOTE_DENIED' : 'DS_REMOTE_FAILED', message, { where })
}
