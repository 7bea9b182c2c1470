import { lstatSync } from 'node:fs'
import { md5Of } from '../cache/hash.ts'
import { openLanding, type Landing } from '../cache/landing.ts'
import { objectPlace } from '../cache/layout.ts'
import { cachePlaceOf, objectPathIn } from '../cache/objects.ts'
import { isSound, rememberMade } from '../cache/sound.ts'
import type { State } from '../cache/state.ts'
import { openStore } from '../cache/store.ts'
import { failure } from '../codes.ts'
import { impossibleName, type TreeEntry } from '../formats/tree.ts'
import type { DvcRepo } from '../repo.ts'
import { transferEach } from '../transfer/pool.ts'
import { contentAt, type SourceContent, type SourceFile } from './content.ts'
import type { Source } from './source.ts'
import { openSupply, type Supply, type SupplyOptions } from './supply.ts'

/** How data is taken from another repository. */
export interface TakeOptions extends SupplyOptions {
  /** Objects at a time; 8 by default. */
  readonly jobs?: number | undefined
}

/** Data that was taken from elsewhere: all of it is in the cache now. */
export interface TakenData {
  readonly isDirectory: boolean
  /** Relative to the path; with an empty relpath for a file. In no order. */
  readonly entries: readonly TreeEntry[]
  /** Bytes of all files. */
  readonly bytes: number
}

/** So many bytes of git's files are read at once. */
const AT_ONCE = 32 << 20

/**
 * Takes what another repository has at a path into a cache. Everything is held against its name on the way; what the
 * cache has already is not brought.
 *
 * @param cache the repository whose cache it goes to; nothing else of it counts
 * @param said the path, as {@link Source} takes it
 * @throws DS_DVC_PATH_MISSING, DS_DVC_PATH_NAME for names that no directory can have, DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT, DS_REMOTE_*, DS_DVC_WRITE, DS_ABORTED; what has
 *   come by then stays
 */
export async function takeFrom(
  source: Source,
  said: string,
  cache: DvcRepo,
  state: State,
  options: TakeOptions,
): Promise<TakenData> {
  const place = await source.at(said)
  const supply = openSupply(place, source.url, options)
  const landing = openLanding(cachePlaceOf(cache.config))
  try {
    const content = await contentAt(place, source.url, (hash, { remote }) => supply.manifest(hash, remote))
    const wrong = content.isDirectory ? impossibleName(content.files) : undefined
    if (wrong !== undefined) throw unplaceable(said, source.url, wrong)
    const taking = { cache, state, landing, supply, options }
    const known = new Map<SourceFile, string>()
    await takeObjects(content, known, taking)
    await takeBlobs(content, known, place.repo, taking)
    await landing.settle()
    for (const digits of new Set(known.values())) rememberMade(cache, { algorithm: 'md5', digits }, state)
    await takeFiles(content, known, taking)
    const entries = content.files.map((file) => ({ relpath: file.relpath, md5: known.get(file) as string }))
    return { isDirectory: content.isDirectory, entries, bytes: weightOf(cache, entries) }
  } finally {
    landing.discard()
    await supply.close()
  }
}

/** Somebody else's repository may have names that no directory can have: told before anything comes. */
function unplaceable(said: string, url: string, wrong: string): Error {
  const place = said === '' ? url : `'${said}' of ${url}`
  return failure('DS_DVC_PATH_NAME', `${place} lists ${wrong}`, {
    where: url,
    hint: 'Take what lies beside it by a path of its own, or have it renamed there; nothing came.',
  })
}

interface Taking {
  readonly cache: DvcRepo
  readonly state: State
  readonly landing: Landing
  readonly supply: Supply
  readonly options: TakeOptions
}

/** Files whose md5 is known before they are here. */
async function takeObjects({ files }: SourceContent, known: Map<SourceFile, string>, taking: Taking): Promise<void> {
  const { cache, state, landing, supply, options } = taking
  const wanted = new Map<string, SourceFile>()
  for (const file of files) {
    if (!file.hash) continue
    if (file.hash.algorithm === 'md5') known.set(file, file.hash.digits)
    wanted.set(objectPlace(file.hash), file)
  }
  const failed = await transferEach(
    [...wanted.values()],
    options.jobs ?? 8,
    options.signal,
    async ({ hash, remote }) => {
      if (!hash || (await isSound(cache, hash, state, options))) return
      await supply.bring(hash, remote, landing)
    },
  )
  const [first] = failed
  if (first) throw first.error
}

async function takeBlobs(
  { files }: SourceContent,
  known: Map<SourceFile, string>,
  repo: DvcRepo,
  { cache, state, landing, options }: Taking,
): Promise<void> {
  const landed = new Set<string>()
  for (const some of inPieces(files.filter(({ blob }) => blob !== undefined))) {
    const texts = (await repo.git?.readBlobs(some.map(({ blob }) => blob as string))) ?? []
    for (const [at, file] of some.entries()) {
      const text = texts[at] as Buffer
      const hash = { algorithm: 'md5' as const, digits: md5Of(text) }
      known.set(file, hash.digits)
      options.onBytes?.(text.length)
      if (landed.has(hash.digits)) continue
      landed.add(hash.digits)
      if (!(await isSound(cache, hash, state, options))) {
        landing.write(objectPlace(hash), text)
      }
    }
    await landing.settleMany()
  }
}

function inPieces(files: readonly SourceFile[]): SourceFile[][] {
  const pieces: SourceFile[][] = []
  let left = 0
  for (const file of files) {
    left -= file.bytes ?? 0
    if (left < 0 || pieces.length === 0) {
      pieces.push([])
      left = AT_ONCE
    }
    pieces.at(-1)?.push(file)
  }
  return pieces
}

/** Files of this machine, and objects of DVC 2, which are known by another hash. */
async function takeFiles(
  { files }: SourceContent,
  known: Map<SourceFile, string>,
  { cache, options }: Taking,
): Promise<void> {
  const open = files.filter((file) => !known.has(file))
  if (open.length === 0) return
  const jobs = open.map(({ place, hash, bytes = 0 }) => ({
    path: place ?? objectPathIn(cache.config.cacheDir, hash?.digits ?? '', hash?.algorithm),
    bytes,
    hashFirst: false,
  }))
  const store = await openStore(cachePlaceOf(cache.config))
  const { signal, onBytes } = options
  await store.putFiles(jobs, { signal, onProgress: onBytes }, ({ md5 }, at) => known.set(open[at] as SourceFile, md5))
  await store.sync()
}

function weightOf({ config }: DvcRepo, entries: readonly TreeEntry[]): number {
  let bytes = 0
  for (const { md5 } of entries) {
    const found = lstatSync(objectPathIn(config.cacheDir, md5), { throwIfNoEntry: false })
    if (!found)
      throw failure('DS_DVC_OBJECT_MISSING', `md5:${md5} went from the cache meanwhile`, { where: `md5:${md5}` })
    bytes += found.size
  }
  return bytes
}
