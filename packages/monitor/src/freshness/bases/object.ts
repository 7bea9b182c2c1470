import type { S3Client } from '@aws-sdk/client-s3'
import { withoutSecrets, type Finding } from '@dayshift/core'
import { isGlob } from '@dayshift/core/ground'
import { failure } from '../../codes.ts'
import { isAside, listed } from '../data-files.ts'
import type { Basis, Evidence, Look } from '../evidence.ts'
import { listObjects, type ListedPlace, type StoredObject } from '../object-list.ts'
import { lookIntoObject, type ObjectLook } from '../object-look.ts'
import type { ObjectClient } from '../s3-client.ts'

/** Objects that are looked into. */
const LOOKED_INTO = 32

/** Which object of several counts. */
export interface ObjectOptions {
  /** As of `mtimeBasis`. Default: newest. */
  readonly files?: 'newest' | 'oldest' | 'all' | undefined
}

/**
 * When objects of S3 were last written (LastModified). The store's own clock, as its answers tell it, is what the age is
 * told by, and a finding says where this machine's clock differs. Copies and replication set LastModified anew.
 *
 * The objects that the verdict rests on are looked into as files are (`GetObject`): one without a row does not count, and one that is torn
 * makes the data unreadable. Where the store lets nobody read them, a finding says that nobody looked.
 *
 * @param address `s3://bucket/key`, `s3://bucket/prefix/`, or a pattern `s3://bucket/dt=*\/*.parquet`
 * @param client the caller's own, set up with its region and keys
 * @throws DS_FRESHNESS_TARGET for another address
 * @throws DS_FRESHNESS_PACKAGE where `@aws-sdk/client-s3` is not installed, when it is read
 * @throws DS_FRESHNESS_STORE where the store does not answer, when it is read
 * @example objectBasis('s3://lake/orders/', new S3Client({ region: 'eu-central-1' }))
 */
export function objectBasis(address: string, client: ObjectClient, options: ObjectOptions = {}): Basis {
  const [, bucket, key = ''] = /^s3:\/\/([^/@]+)(?:\/(.*))?$/.exec(address) ?? []
  if (bucket === undefined) {
    throw failure('DS_FRESHNESS_TARGET', `${withoutSecrets(address)} is no address of S3`, {
      hint: 'Write it as s3://bucket/key, without user and password.',
    })
  }
  return {
    name: 'object',
    read: (look) => read({ address, bucket, key, client: client as Pick<S3Client, 'send'> }, options, look),
  }
}

async function read(place: ListedPlace, { files = 'newest' }: ObjectOptions, look: Look): Promise<Evidence> {
  const evidence = { basis: 'object', time: null, findings: [] } as const
  const listing = await listObjects(place, look.signal)
  if ('absent' in listing) return { ...evidence, ...listing }
  const { objects, clock } = listing
  const { address } = place
  const named = ({ key }: StoredObject): string => `s3://${place.bucket}/${key}`
  const filled = objects.filter(({ bytes }) => bytes > 0)
  const data = filled.filter(({ key }) => key === place.key || !isBeside(key, place.key))
  if (data.length === 0) {
    if (filled.length > 0) {
      const names = listed(filled.map((one) => ({ path: named(one) })))
      return {
        ...evidence,
        absent: 'empty_folder',
        subject: `${address} holds only markers and unfinished files: ${names}`,
      }
    }
    if (objects.length > 0)
      return { ...evidence, absent: 'empty', subject: `${address} holds objects without a byte only` }
    return { ...evidence, absent: isGlob(place.key) ? 'no_match' : 'missing', subject: address }
  }
  const seen = await lookInto(data, files, (object) =>
    lookIntoObject({ ...place, key: object.key, address: named(object) }, object.bytes, look),
  )
  if (seen.broken !== undefined) return { ...evidence, absent: 'unreadable', subject: seen.broken }
  const rest = data.filter((object) => !seen.left.has(object)).sort((a, b) => b.time - a.time)
  const counted = files === 'newest' ? rest[0] : rest.at(-1)
  const barren = seen.barren.map((object) => ({ path: named(object) }))
  // Of what is removed while it is looked at, nothing is left.
  if (!counted) {
    return barren.length > 0
      ? { ...evidence, absent: 'no_rows', subject: `${listed(barren)} ${barren.length === 1 ? 'has' : 'have'} no rows` }
      : { ...evidence, absent: 'missing', subject: address }
  }
  return {
    ...evidence,
    time: counted.time,
    subject: named(counted),
    ...(clock === undefined ? {} : { clock }),
    ...(files === 'all' ? { parts: rest.map((one) => ({ subject: named(one), time: one.time })) } : {}),
    findings: [
      ...leftOut('freshness.files_without_rows', 'without a row', barren),
      ...(seen.closed ? [unseen(named(seen.closed.object), seen.closed.why)] : []),
      ...leftOut('freshness.empty_files', 'without a byte', blankOf(objects, named)),
      ...leftOut('freshness.unfinished_files', '(markers, unfinished)', besides(filled, data, named)),
    ],
  }
}

/** Whether an object stands beside data: a marker, something unfinished, a hidden name beneath the prefix. */
function isBeside(key: string, prefix: string): boolean {
  const folder = isGlob(prefix) ? '' : prefix
  return (
    isAside(key) ||
    key
      .slice(key.startsWith(folder) ? folder.length : 0)
      .split('/')
      .some((part) => part.startsWith('.'))
  )
}

function blankOf(objects: readonly StoredObject[], named: (object: StoredObject) => string): { path: string }[] {
  return objects.filter(({ bytes }) => bytes === 0).map((object) => ({ path: named(object) }))
}

function besides(
  filled: readonly StoredObject[],
  data: readonly StoredObject[],
  named: (object: StoredObject) => string,
): { path: string }[] {
  const kept = new Set(data)
  return filled.filter((object) => !kept.has(object)).map((object) => ({ path: named(object) }))
}

function leftOut(code: string, what: string, objects: readonly { readonly path: string }[]): Finding[] {
  if (objects.length === 0) return []
  const count = `${objects.length} ${objects.length === 1 ? 'object' : 'objects'}`
  return [{ severity: 'info', code, message: `${count} ${what} left out: ${listed(objects)}` }]
}

/** What may be listed, and not read: its time is known, and nothing else. */
function unseen(address: string, why: string): Finding {
  return {
    severity: 'warn',
    code: 'freshness.not_looked_into',
    message: `nobody looked into ${address}: ${why}; whether it is whole and has rows is not known`,
    hint: 'Let who checks read the objects too (s3:GetObject, and the key that they are encrypted with).',
  }
}

/** What was seen in objects. */
interface Seen {
  /** What is wrong with one of them. */
  readonly broken?: string
  /** Those without a row. */
  readonly barren: readonly StoredObject[]
  /** The same, and those that are gone. */
  readonly left: ReadonlySet<StoredObject>
  /** The first that may not be read. */
  readonly closed?: { readonly object: StoredObject; readonly why: string }
}

/**
 * Looks into the objects that the verdict rests on: the newest, up to the first with a row; where each counts, the oldest and the smallest:
 * those are without a row, or torn, most often.
 */
async function lookInto(
  objects: readonly StoredObject[],
  files: NonNullable<ObjectOptions['files']>,
  look: (object: StoredObject) => Promise<ObjectLook>,
): Promise<Seen> {
  const barren: StoredObject[] = []
  const left = new Set<StoredObject>()
  const oldest = objects.reduce((a, b) => (b.time < a.time ? b : a))
  const sorted =
    files === 'newest'
      ? [...objects].sort((a, b) => b.time - a.time)
      : [oldest, ...objects.filter((object) => object !== oldest).sort((a, b) => a.bytes - b.bytes)]
  for (const object of sorted.slice(0, LOOKED_INTO)) {
    const found = await look(object)
    if (typeof found === 'object') {
      return 'broken' in found ? { ...found, barren, left } : { barren, left, closed: { object, why: found.closed } }
    }
    if (found === 'no') barren.push(object)
    if (found === 'no' || found === 'gone') left.add(object)
    else if (files === 'newest') break
  }
  // So many in a row without one: all are taken to be so.
  return { barren, left: left.size === LOOKED_INTO && files === 'newest' ? new Set(objects) : left }
}
