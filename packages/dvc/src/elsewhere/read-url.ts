import { lstatSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { throwIfAborted, withoutSecrets } from '@dayshift/core/ground'
import { md5Of, openHasher } from '../cache/hash.ts'
import { openLanding, type Landing } from '../cache/landing.ts'
import { objectPlace } from '../cache/layout.ts'
import { cachePlaceOf } from '../cache/objects.ts'
import { openState, type State } from '../cache/state.ts'
import { openStore } from '../cache/store.ts'
import { failure } from '../codes.ts'
import type { DataEntry } from '../formats/dvcfile.ts'
import { pythonJson } from '../formats/python.ts'
import { DIR_SUFFIX, impossibleName, manifestOf, type TreeEntry } from '../formats/tree.ts'
import { Interruption, type Held, type Listed, type Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { transferEach } from '../transfer/pool.ts'
import type { ReceiveOptions } from '../transfer/receive.ts'
import { withRetries } from '../transfer/retry.ts'
import { openIgnore } from '../workspace/ignore.ts'
import { takeSnapshot, type Snapshot } from '../workspace/snapshot.ts'
import type { TakenData } from './take.ts'
import { notAt, placeInside, type LocalPlace, type RemotePlace, type UrlPlace } from './url-place.ts'

/** By what a `.dvc` file knows what is at an address. */
export type Seen = Pick<DataEntry, 'md5' | 'etag' | 'checksum' | 'size' | 'nfiles' | 'isexec'>

/** How an address is read. */
export interface ReadUrlOptions extends ReceiveOptions {
  /** Objects at a time; what the remote thinks best by default. */
  readonly jobs?: number | undefined
  /** Whether the data comes into the cache, not only what it is known by. */
  readonly isTaken: boolean
}

/** What is at an address. */
export interface ReadUrl {
  readonly seen: Seen
  /** Absent where the data was not to come. */
  readonly data?: TakenData
}

/**
 * Reads what is at an address: by what it is known, and its data into the cache where that is wanted.
 *
 * @param said the address, for errors
 * @param cache the repository whose cache it goes to
 * @param scratch a folder of one's own
 * @throws DS_DVC_PATH_MISSING where nothing is there, DS_DVC_PATH_NAME for names that no directory can have, DS_REMOTE_*, DS_DVC_UNREADABLE, DS_DVC_WRITE, DS_ABORTED
 */
export async function readUrl(
  place: UrlPlace,
  said: string,
  cache: DvcRepo,
  state: State,
  scratch: string,
  options: ReadUrlOptions,
): Promise<ReadUrl> {
  return place.kind === 'local'
    ? readLocal(place, said, cache, state, scratch, options)
    : readRemote(place, said, cache, options)
}

async function readLocal(
  { path }: LocalPlace,
  said: string,
  cache: DvcRepo,
  state: State,
  scratch: string,
  { isTaken, signal, onBytes }: ReadUrlOptions,
): Promise<ReadUrl> {
  if (!lstatSync(path, { throwIfNoEntry: false })) throw notAt(said)
  const inside = placeInside(path, cache.root)
  // What lies outside is not what the state of this repository is about.
  const at = inside === undefined ? { ...cache, root: dirname(path) } : cache
  const ignore = openIgnore(inside === undefined ? NOTHING_IGNORED : cache.root)
  const store = isTaken ? await openStore(cachePlaceOf(cache.config)) : undefined
  const found = await takeSnapshot(at, inside ?? basename(path), ignore, {
    state: inside === undefined ? openState(join(scratch, 'state')) : state,
    store,
    signal,
    onProgress: onBytes,
  })
  await store?.sync()
  const { kind, digits = '', bytes: size, entries, isexec } = found
  const isDirectory = kind === 'directory'
  const seen: Seen = {
    md5: digits,
    size,
    ...(isDirectory ? { nfiles: entries.length } : {}),
    ...(isexec ? { isexec } : {}),
  }
  return { seen, ...(isTaken ? { data: takenOf(found) } : {}) }
}

function takenOf({ kind, entries, bytes }: Snapshot): TakenData {
  return { isDirectory: kind === 'directory', entries, bytes }
}

const NOTHING_IGNORED = { read: async () => '', isRepo: async () => false }

async function readRemote(
  { kind, remote, key }: RemotePlace,
  said: string,
  cache: DvcRepo,
  options: ReadUrlOptions,
): Promise<ReadUrl> {
  const held = key === '' ? undefined : await withRetries(said, options, () => remote.has(key, options))
  const files = held ? [] : await listed(remote, key === '' ? '' : `${key}/`, options)
  if (!held && files.length === 0) throw notAt(said)
  const wrong = impossibleName(files)
  if (options.isTaken && wrong !== undefined) throw unplaceable(said, wrong)
  const found = held ? [{ relpath: '', key, held }] : files
  const taken = options.isTaken ? await takeEach(remote, found, said, cache, options) : undefined
  const bytes = taken?.bytes ?? found.reduce((sum, one) => sum + (one.held.bytes ?? 0), 0)
  const data = taken && { isDirectory: held === undefined, ...taken }
  const seen = held ? seenFile(kind, held, taken?.entries[0]?.md5, bytes) : seenFolder(files, bytes)
  return { seen, ...(data ? { data } : {}) }
}

/** A bucket may have keys that no folder can have: told before anything comes. */
function unplaceable(said: string, wrong: string): Error {
  const address = withoutSecrets(said)
  return failure('DS_DVC_PATH_NAME', `${address} lists ${wrong}`, {
    where: address,
    hint: 'Rename that key, or get what lies beside it by addresses of its own; nothing came.',
  })
}

/** A file of a server. */
interface FoundObject {
  readonly relpath: string
  readonly key: string
  readonly held: Held
}

async function listed(remote: Remote, prefix: string, options: ReadUrlOptions): Promise<FoundObject[]> {
  return withRetries(remote.url, options, async () => {
    const found: Listed[] = []
    for await (const page of remote.list?.(prefix, options) ?? []) found.push(...page)
    // A name that ends with a slash stands for a folder that somebody has made.
    return found.flatMap(({ key, ...held }) =>
      key.endsWith('/') ? [] : [{ relpath: key.slice(prefix.length), key, held }],
    )
  })
}

/** A server that tells nothing that changes with the content leaves the content itself. */
function seenFile(kind: RemotePlace['kind'], held: Held, md5: string | undefined, size: number): Seen {
  const { etag } = held
  if (kind !== 'http') return { ...(etag === undefined ? {} : { etag }), size }
  const told = etag === undefined ? held.md5 && Buffer.from(held.md5, 'hex').toString('base64') : asHeader(etag)
  const checksum = told ?? md5
  return { ...(checksum === undefined ? {} : { checksum }), size }
}

/** As the server has sent it. */
function asHeader(etag: string): string {
  const [, weak = '', rest = ''] = /^(W\/)?(.*)$/s.exec(etag) ?? []
  return `${weak}"${rest}"`
}

/** As DVC hashes what a bucket tells of a directory's files. */
function seenFolder(files: readonly FoundObject[], size: number): Seen {
  const { text } = manifestOf(files.map(({ relpath }) => ({ relpath, md5: '' })))
  const inOrder = (JSON.parse(text) as TreeEntry[]).map(({ relpath }) => relpath)
  const etags = new Map(files.map(({ relpath, held }) => [relpath, held.etag ?? '']))
  const entries = inOrder.map((relpath) => ({ etag: etags.get(relpath) ?? '', relpath }))
  return { md5: md5Of(pythonJson(entries)) + DIR_SUFFIX, size, nfiles: files.length }
}

async function takeEach(
  remote: Remote,
  files: readonly FoundObject[],
  said: string,
  cache: DvcRepo,
  options: ReadUrlOptions,
): Promise<Omit<TakenData, 'isDirectory'>> {
  const landing = openLanding(cachePlaceOf(cache.config))
  const landed = new Set<string>()
  const known = new Map<FoundObject, { readonly md5: string; readonly bytes: number }>()
  try {
    const failed = await transferEach(files, options.jobs ?? remote.jobs, options.signal, async (file) => {
      known.set(
        file,
        await withRetries(`${remote.url}/${file.key}`, options, () =>
          arrive(remote, file, landing, landed, said, options),
        ),
      )
    })
    const [first] = failed
    if (first) throw first.error
    await landing.settle()
  } finally {
    landing.discard()
  }
  const entries = files.map((file) => ({ relpath: file.relpath, md5: known.get(file)?.md5 ?? '' }))
  return { entries, bytes: [...known.values()].reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** What content is called until its hash is known. */
const INCOMING = 'files/md5/incoming'

/** Brings content whose hash nobody knows before. */
async function arrive(
  remote: Remote,
  { key }: FoundObject,
  landing: Landing,
  landed: Set<string>,
  said: string,
  { signal, onBytes }: ReadUrlOptions,
): Promise<{ readonly md5: string; readonly bytes: number }> {
  const download = await remote.get(key, { signal })
  if (!download) throw notAt(said)
  const hasher = openHasher('md5')
  const draft = await landing.begin(INCOMING)
  let bytes = 0
  try {
    for await (const piece of download.pieces) {
      throwIfAborted(signal)
      const writing = draft.write(piece)
      writing.catch(() => undefined)
      hasher.update(piece)
      await writing
      bytes += piece.length
      onBytes?.(piece.length)
    }
    if (download.bytes !== undefined && bytes < download.bytes) {
      throw new Interruption(`the connection ended after ${bytes} of ${download.bytes} bytes`)
    }
    const md5 = hasher.digest()
    // Of the same content one is enough.
    if (landed.has(md5)) await draft.drop()
    else {
      landed.add(md5)
      await draft.keep(objectPlace({ algorithm: 'md5', digits: md5 }))
    }
    return { md5, bytes }
  } catch (error) {
    await draft.drop()
    throw error
  }
}
