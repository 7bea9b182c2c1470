import { createHash } from 'node:crypto'
import type * as S3 from '@aws-sdk/client-s3'
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3'
import { isDayshiftError } from '@dayshift/core/ground'
import { withRetries } from '../../transfer/retry.ts'
import { branchOf, type Branch } from '../abort.ts'
import { blocksOf } from '../content.ts'
import type { Upload } from '../remote.ts'
import type { Slots } from '../slots.ts'
import { unsigned } from './digests.ts'
import { refusal } from './refusal.ts'

type Sdk = typeof S3

/** Objects up to this many bytes go in one request, and larger ones in parts of it. */
export const PART = 8 << 20

/** S3 takes no more parts for an object. */
const MOST_PARTS = 10_000

/** Parts of one object on their way at a time. */
const ABREAST = 4

/** An object that is sent in parts. */
export interface PartedObject {
  readonly sdk: Sdk
  readonly client: Pick<S3Client, 'send'>
  readonly target: { readonly Bucket: string; readonly Key: string }
  /** What each request needs besides. */
  readonly begin: object
  readonly part: object
  /** For messages. */
  readonly where: string
  /** Room for blocks in memory, for all objects of the remote together. */
  readonly room: Slots
}

/** What S3 says of an object that it has whole. */
export interface Kept {
  readonly ETag?: string | undefined
  readonly VersionId?: string | undefined
}

/**
 * Sends an object in parts, several at a time, each with its md5. A part that is interrupted is sent again; where one fails,
 * all are taken back.
 *
 * @throws what the SDK or the content throws
 */
export async function sendParts(object: PartedObject, upload: Upload, signal?: AbortSignal): Promise<Kept> {
  const { sdk, client, target } = object
  const stop = branchOf(signal)
  const { abortSignal } = stop
  const begun = await client.send(new sdk.CreateMultipartUploadCommand({ ...target, ...object.begin }), { abortSignal })
  const whole = { ...target, UploadId: begun.UploadId }
  const sent: Promise<CompletedPart>[] = []
  try {
    await fill(object, upload, stop, (Body, PartNumber, free) => {
      const part = sendPart(object, { ...whole, PartNumber }, Body, abortSignal).finally(free)
      sent.push(part)
      return part
    })
    const Parts = await Promise.all(sent)
    return await client.send(
      new sdk.CompleteMultipartUploadCommand({ ...whole, ...object.part, MultipartUpload: { Parts } }),
      { abortSignal },
    )
  } catch (error) {
    stop.abort(error)
    await Promise.allSettled(sent)
    // The first failure is what matters; parts that stay are removed by the bucket's own rules.
    await client.send(new sdk.AbortMultipartUploadCommand(whole)).catch(() => undefined)
    throw error
  } finally {
    stop.leave()
  }
}

/** Reads the content block by block, never more than there is room for. The first part that fails ends it. */
async function fill(
  { room, where }: PartedObject,
  upload: Upload,
  stop: Branch,
  send: (block: Buffer, number: number, free: () => void) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = []
  let free = nothing
  const abreast = new Set<Promise<unknown>>()
  const take = async (): Promise<void> => {
    while (abreast.size >= ABREAST) await Promise.race(abreast)
    if (failures.length > 0) throw failures[0]
    free = await room.take()
  }
  try {
    let number = 0
    for await (const block of blocksOf(upload, partSize(upload.bytes), where, take, stop.abortSignal)) {
      const part: Promise<unknown> = send(block, ++number, free)
        .catch((error: unknown) => {
          failures.push(error)
          stop.abort(error)
        })
        .finally(() => abreast.delete(part))
      abreast.add(part)
      free = nothing
    }
    await Promise.all(abreast)
  } catch (error) {
    throw failures.length > 0 ? failures[0] : error
  } finally {
    free()
  }
  if (failures.length > 0) throw failures[0]
}

function nothing(): void {}

function partSize(bytes: number): number {
  const least = Math.ceil(bytes / MOST_PARTS)
  return Math.max(PART, Math.ceil(least / (1 << 20)) * (1 << 20))
}

async function sendPart(
  { sdk, client, part, where }: PartedObject,
  place: {
    readonly Bucket: string
    readonly Key: string
    readonly UploadId: string | undefined
    readonly PartNumber: number
  },
  Body: Buffer,
  abortSignal: AbortSignal,
): Promise<CompletedPart> {
  const ContentMD5 = createHash('md5').update(Body).digest('base64')
  // To send the whole object again for each of its parts would never end where it has many of them.
  const { ETag } = await withRetries(where, { signal: abortSignal }, async () => {
    const command = unsigned(new sdk.UploadPartCommand({ ...place, ...part, Body, ContentMD5 }))
    try {
      return await client.send(command, { abortSignal })
    } catch (error) {
      throw isDayshiftError(error) ? error : refusal(error, where, abortSignal)
    }
  })
  return { ETag, PartNumber: place.PartNumber }
}
