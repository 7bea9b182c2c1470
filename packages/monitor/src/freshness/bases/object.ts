import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3'
import { messageOf, withoutSecrets, type Finding } from '@dayshift/core'
import { isGlob, matchesGlob } from '@dayshift/core/ground'
import { failure } from '../../codes.ts'
import type { Absent, Basis, Evidence, Look } from '../evidence.ts'
import { loadS3 } from '../s3-client.ts'

/** An object of a store. */
interface StoredObject {
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

/** Which object of several counts. */
export interface ObjectOptions {
  /** As of `mtimeBasis`. Default: newest. */
  readonly files?: 'newest' | 'oldest' | 'all' | undefined
}

/**
 * When objects of S3 were last written (LastModified). The store's own clock, as its answers tell it, is what the age is
 * told by, and a finding says where this machine's clock differs. Copies and replication set LastModified anew.
 *
 * @param address `s3://bucket/key`, `s3://bucket/prefix/`, or a pattern `s3://bucket/dt=*\/*.parquet`
 * @param client the caller's own, set up with its region and keys
 * @throws DS_FRESHNESS_TARGET for another address
 * @throws DS_FRESHNESS_PACKAGE where `@aws-sdk/client-s3` is not installed, when it is read
 * @throws DS_FRESHNESS_STORE where the store does not answer, when it is read
 * @example objectBasis('s3://lake/orders/', new S3Client({ region: 'eu-central-1' }))
 */
export function objectBasis(address: string, client: Pick<S3Client, 'send'>, options: ObjectOptions = {}): Basis {
  const [, bucket, key = ''] = /^s3:\/\/([^/@]+)(?:\/(.*))?$/.exec(address) ?? []
  if (bucket === undefined) {
    throw failure('DS_FRESHNESS_TARGET', `${withoutSecrets(address)} is no address of S3`, {
      hint: 'Write it as s3://bucket/key, without user and password.',
    })
  }
  return { name: 'object', read: (look) => read({ address, bucket, key, client }, options, look) }
}

interface Place {
  readonly address: string
  readonly bucket: string
  readonly key: string
  readonly client: Pick<S3Client, 'send'>
}

async function read(place: Place, { files = 'newest' }: ObjectOptions, look: Look): Promise<Evidence> {
  const evidence = { basis: 'object', time: null, findings: [] } as const
  const listing = await list(place, look.signal)
  if ('absent' in listing) return { ...evidence, ...listing }
  const { objects, clock } = listing
  const filled = objects.filter(({ bytes }) => bytes > 0)
  if (filled.length === 0) {
    const { address } = place
    if (objects.length > 0)
      return { ...evidence, absent: 'empty', subject: `${address} holds objects without a byte only` }
    return { ...evidence, absent: isGlob(place.key) ? 'no_match' : 'missing', subject: address }
  }
  const sorted = [...filled].sort((a, b) => b.time - a.time)
  const counted = (files === 'newest' ? sorted[0] : sorted.at(-1)) as StoredObject
  const named = ({ key }: StoredObject): string => `s3://${place.bucket}/${key}`
  return {
    ...evidence,
    time: counted.time,
    subject: named(counted),
    ...(clock === undefined ? {} : { clock }),
    ...(files === 'all' ? { parts: sorted.map((one) => ({ subject: named(one), time: one.time })) } : {}),
    findings: blank(objects.length - filled.length),
  }
}

function blank(count: number): Finding[] {
  if (count === 0) return []
  return [
    {
      severity: 'info',
      code: 'freshness.empty_files',
      message: `${count} ${count === 1 ? 'object' : 'objects'} without a byte left out`,
    },
  ]
}

/** All objects of an address: one of that key, those beneath it, those that a pattern matches. */
async function list(
  { address, bucket: Bucket, key, client }: Place,
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
      const page: ListObjectsV2CommandOutput = await client.send(command, signal ? { abortSignal: signal } : {})
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        if (LastModified && !Key.endsWith('/') && isWanted(Key))
          objects.push({ key: Key, bytes: Size, time: LastModified.getTime() })
      }
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (ContinuationToken !== undefined)
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: error })
    if (name === 'NoSuchBucket') return { absent: 'missing', subject: address }
    if (name === 'AccessDenied' || name === 'Forbidden')
      return { absent: 'unreadable', subject: `${address} may not be listed` }
    throw failure('DS_FRESHNESS_STORE', `${address} cannot be listed: ${withoutSecrets(messageOf(error))}`, {
      where: address,
      cause: error,
    })
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
