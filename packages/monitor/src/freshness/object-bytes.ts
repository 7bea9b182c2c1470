import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { messageOf, withoutSecrets } from '@dayshift/core'
import { failure } from '../codes.ts'
import { loadS3 } from './s3-package.ts'

/** Milliseconds until a store has answered, and until all that is asked of an object has come. */
const PATIENCE = 60_000

/** An object, and who reads it. */
export interface ObjectPlace {
  readonly bucket: string
  readonly key: string
  /** How it is called in messages. */
  readonly address: string
  readonly client: Pick<S3Client, 'send'>
}

/** Bytes of an object. */
export interface ObjectBytes {
  readonly bytes: Buffer
  /** Bytes of the whole object, where the store answered with a range of them. */
  readonly total: number | undefined
  /** Whether the answer ended with them. */
  readonly isToEnd: boolean
  /** How the object is compressed, whatever its name says: `gzip`. */
  readonly encoding: string
  readonly etag: string | undefined
}

/** What is said in place of bytes: that there is no such object any more, or why nobody lets it be read. */
export type NoBytes = 'gone' | { readonly closed: string }

/**
 * Bytes of an object: all of them, or a range. No more than so many are taken, whatever the store sends.
 *
 * @param range as `bytes=0-4095`, or `bytes=-1024` for the last; default: all
 * @param most bytes that are taken
 * @param etag the object as it was: where it is another one by now, it is gone
 * @throws DS_FRESHNESS_STORE where the store does not answer, DS_ABORTED
 */
export async function readObject(
  { bucket: Bucket, key: Key, address, client }: ObjectPlace,
  { range, most, etag }: { readonly range?: string; readonly most: number; readonly etag?: string | undefined },
  signal: AbortSignal | undefined,
): Promise<ObjectBytes | NoBytes> {
  const { GetObjectCommand } = await loadS3()
  const input = { Bucket, Key, ...(range ? { Range: range } : {}), ...(etag === undefined ? {} : { IfMatch: etag }) }
  try {
    const abortSignal = patient(signal)
    const answer = await client.send(new GetObjectCommand(input), { abortSignal })
    const { bytes, isToEnd } = await taken(answer, most, abortSignal)
    const [, total] = /^bytes \d+-\d+\/(\d+)$/.exec(answer.ContentRange ?? '') ?? []
    return {
      bytes,
      isToEnd,
      total: total === undefined ? undefined : Number(total),
      encoding: encodingOf(answer),
      etag: answer.ETag,
    }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal !== undefined) return refusal
    throw unanswered(error, `${address} cannot be read`, address, signal)
  }
}

/** A signal for one question to a store: that of the caller, or that it took too long. */
export function patient(signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(PATIENCE)
  return signal ? AbortSignal.any([signal, timeout]) : timeout
}

/** What is thrown where a store does not answer. */
export function unanswered(error: unknown, what: string, where: string, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return failure('DS_ABORTED', 'the work was stopped', { cause: error })
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
  const why = isLate ? `no answer came within ${PATIENCE / 1000} seconds` : wordsOf(error)
  return failure('DS_FRESHNESS_STORE', `${what}: ${why}`, { where, cause: error })
}

/** What went wrong. Of an answer that is none of S3, the SDK speaks of its own parser, and the status says more. */
function wordsOf(error: unknown): string {
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number }
    $response?: { statusCode?: number }
  }
  const message = withoutSecrets(messageOf(error))
  const status = $response?.statusCode ?? $metadata?.httpStatusCode
  return status !== undefined && message.includes('Deserialization error')
    ? `it answered with ${status}, and not as S3 does`
    : message
}

/** What a store says that does not give an object. Where it fails, or is too busy, it says nothing of the object. */
function refusalOf(error: unknown): NoBytes | undefined {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } }
  const status = $metadata?.httpStatusCode ?? 0
  if (name === 'NoSuchKey' || name === 'PreconditionFailed' || name === 'InvalidRange') return 'gone'
  if ([404, 412, 416].includes(status)) return 'gone'
  if (name === 'InvalidObjectState') return { closed: 'it is archived' }
  if (name === 'AccessDenied' || name === 'Forbidden' || status === 403) return { closed: 'it may not be read' }
  const isRefused = status >= 400 && status < 500 && status !== 408 && status !== 429
  return isRefused ? { closed: withoutSecrets(messageOf(error)) } : undefined
}

/** No more than so many bytes of a body, and whether it ended by then. */
async function taken(
  { Body }: GetObjectCommandOutput,
  most: number,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly isToEnd: boolean }> {
  const chunks: Uint8Array[] = []
  let length = 0
  const body = (Body ?? []) as AsyncIterable<Uint8Array> & { destroy?: (error?: Error) => void }
  // The signal of a request ends with its headers: who sends no more than a part of the body would be waited for.
  const stop = (): void => {
    body.destroy?.(new DOMException('the body did not end', 'TimeoutError'))
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      length += chunk.length
      if (length > most) break
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
  return { bytes: Buffer.concat(chunks).subarray(0, most), isToEnd: length <= most }
}

/** How an object is compressed. `aws-chunked` is how it came, not how it is kept. */
function encodingOf({ ContentEncoding = '' }: GetObjectCommandOutput): string {
  const encodings = ContentEncoding.toLowerCase().split(',')
  return encodings
    .map((one) => one.trim())
    .filter((one) => !['', 'identity', 'aws-chunked'].includes(one))
    .join(', ')
}
