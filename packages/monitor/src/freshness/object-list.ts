import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3'
import { isGlob, matchesGlob } from '@dayshift/core/ground'
import type { Absent } from './evidence.ts'
import { patient, unanswered } from './object-bytes.ts'
import { loadS3 } from './s3-package.ts'

/** An object of a store. */
export interface StoredObject {
  readonly key: string
  readonly bytes: number
  /** Milliseconds since 1970; stores tell whole seconds. */
  readonly time: number
}

/** A listing, and what the store's clock showed then. */
interface Listing {
  readonly objects: readonly StoredObject[]
  readonly clock?: number
}

/** What is listed, and by whom. */
export interface ListedPlace {
  readonly address: string
  readonly bucket: string
  /** A key, a prefix or a pattern. */
  readonly key: string
  readonly client: Pick<S3Client, 'send'>
}

/**
 * All objects of an address: one of that key, those beneath it, those that a pattern matches.
 *
 * @throws DS_FRESHNESS_STORE where the store does not answer, DS_ABORTED
 */
export async function listObjects(
  { address, bucket: Bucket, key, client }: ListedPlace,
  signal: AbortSignal | undefined,
): Promise<Listing | { readonly absent: Absent; readonly subject: string }> {
  const { ListObjectsV2Command } = await loadS3()
  const pattern = isGlob(key) ? key : undefined
  const Prefix = pattern === undefined ? key : key.slice(0, key.search(/[*?[{\\]/))
  const isWanted = (one: string): boolean =>
    pattern === undefined
      ? key === '' || key.endsWith('/') || one === key || one.startsWith(`${key}/`)
      : matchesGlob(one, pattern)
  const objects: StoredObject[] = []
  let clock: number | undefined
  let ContinuationToken: string | undefined
  try {
    do {
      const command = new ListObjectsV2Command({ Bucket, Prefix, ...(ContinuationToken ? { ContinuationToken } : {}) })
      onDate(command, (time) => (clock = time))
      const page: ListObjectsV2CommandOutput = await client.send(command, { abortSignal: patient(signal) })
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        if (LastModified && !Key.endsWith('/') && isWanted(Key))
          objects.push({ key: Key, bytes: Size, time: LastModified.getTime() })
      }
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (ContinuationToken !== undefined)
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (name === 'NoSuchBucket') return { absent: 'missing', subject: address }
    if (name === 'AccessDenied' || name === 'Forbidden')
      return { absent: 'unreadable', subject: `${address} may not be listed` }
    throw unanswered(error, `${address} cannot be listed`, address, signal)
  }
  return { objects, ...(clock === undefined ? {} : { clock }) }
}

/** The part of a command that hears answers before they are read. */
interface Stack {
  add(
    step: <Args, Answer>(next: (args: Args) => Promise<Answer>) => (args: Args) => Promise<Answer>,
    where: { readonly step: 'deserialize'; readonly name: string; readonly override: true },
  ): void
}

/** Hears the Date header of a command's answer: the store's clock. */
function onDate(command: { readonly middlewareStack: Stack }, hear: (time: number) => void): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args)
      const { response } = answer as { response?: { headers?: Readonly<Record<string, string>> } }
      const time = Date.parse(response?.headers?.['date'] ?? '')
      if (!Number.isNaN(time)) hear(time)
      return answer
    },
    { step: 'deserialize', name: 'dayshiftDate', override: true },
  )
}
