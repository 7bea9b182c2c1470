import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { breather } from '../breather.ts'
import { failure } from '../codes.ts'
import type { DataHash } from '../cache/hash.ts'
import type { LinkType } from '../cache/links.ts'
import { isObjectLost, loadManifest } from '../cache/manifest.ts'
import { objectPathIn } from '../cache/objects.ts'
import { isSound } from '../cache/sound.ts'
import type { State } from '../cache/state.ts'
import { DIR_SUFFIX, type TreeEntry } from '../formats/tree.ts'
import type { DvcRepo } from '../repo.ts'
import { contentOf, lookAt, lookAtLink } from './content.ts'
import type { DvcIgnore } from './ignore.ts'
import { linkAbove, linkInTheWay } from './link-above.ts'
import { isLinkToCache, openObstacles } from './obstacles.ts'
import { problemOf, type Problem } from './problem.ts'
import { isLinkedAs } from './relink.ts'
import { pathWithin, takeSnapshot, type Snapshot } from './snapshot.ts'
import { isSelected, type SelectedOutput } from './targets.ts'
import { isExecutable, notAFile } from './walk.ts'

/** What happens to a file or to a whole output. */
export type Change = 'added' | 'modified' | 'deleted'

/** What happens to one file of the workspace. */
export interface FileChange {
  /** Relative to the root, POSIX. */
  readonly path: string
  /** `relinked` where the content stays. */
  readonly change: Change | 'relinked'
  /** The digits of what is there now; absent where nothing is, or nothing that can be hashed. */
  readonly before?: string
  /** What it is to hold; absent where it goes. */
  readonly hash?: DataHash
  /** Whether the cache keeps what is there now, or nothing is. */
  readonly isSaved: boolean
}

/** What happens to one output. */
export interface OutputChange {
  readonly path: string
  readonly isDirectory: boolean
  readonly isexec: boolean
  /** Absent where nothing changes. */
  readonly change?: Change
  readonly files: readonly FileChange[]
  /** Files, or the manifest, that the cache does not have; what the workspace has of them stays. */
  readonly missing: readonly string[]
  /** What the output is known by. */
  readonly hash?: DataHash
  /** Why it cannot be brought; nothing of it changes then. */
  readonly error?: Problem
}

/** By what changes are worked out. */
export interface Looking {
  readonly repo: DvcRepo
  readonly ignore: DvcIgnore
  readonly state: State
  readonly signal?: AbortSignal | undefined
  /** What files become that are not linked so; absent where they stay as they are. */
  readonly relink?: LinkType | undefined
  /** Files that go before, relative to the root. */
  readonly going: ReadonlySet<string>
}

/**
 * Works out what has to happen for an output to be in the workspace as it is recorded.
 *
 * @throws DS_DVC_PATH_SYMLINK where it leads through a link, DS_DVC_EXISTS where a file stands in place of a folder above
 *   it, and what {@link takeSnapshot} throws
 */
export async function changeOf(looking: Looking, selection: SelectedOutput, hash: DataHash): Promise<OutputChange> {
  const { repo, ignore, state, signal, relink } = looking
  const { path, isexec = false } = selection.output
  const { algorithm } = hash
  refuseWay(looking, path)
  const isDirectory = hash.digits.endsWith(DIR_SUFFIX)
  const about = { path, isDirectory, isexec, hash }
  const now = await takeSnapshot(repo, path, ignore, { state, signal, algorithm })
  const entries = await wantedEntries(repo, hash)
  if (!entries && isDirectory && (await isSound(repo, hash, state, { signal }))) {
    // It is what its name says, and names what no directory can have: no remote has a better one.
    const error = await loadManifest(repo.config.cacheDir, hash).then(() => undefined, problemOf)
    if (error) return { ...about, files: [], missing: [], error }
  }
  if (!entries) return { ...about, files: [], missing: now.digits === hash.digits ? [] : [path] }
  const wanted = new Map(
    entries.filter(({ relpath }) => isSelected(selection, relpath)).map((one) => [one.relpath, one.md5]),
  )
  const found = new Map(now.entries.map((entry) => [pathWithin(path, entry.relpath), entry.md5]))
  const isKept = (digits: string): Promise<boolean> => isSound(repo, { algorithm, digits }, state, { signal })
  const has = (digits: string): boolean => existsSync(objectPathIn(repo.config.cacheDir, digits, algorithm))
  const breathe = breather(signal)
  const files: FileChange[] = []
  const missing: string[] = []
  for (const { relpath, md5: before } of now.entries) {
    await breathe()
    if (wanted.has(relpath) || !isSelected(selection, relpath)) continue
    files.push({ path: pathWithin(path, relpath), change: 'deleted', before, isSaved: await isKept(before) })
  }
  const going = new Set(files.map((file) => file.path))
  const isBare = lookAtLink(join(repo.root, path)) === undefined
  const reading = { signal, algorithm }
  const obstacleTo = openObstacles(repo, path, found, going)
  for (const [relpath, digits] of wanted) {
    await breathe()
    const file = pathWithin(path, relpath)
    const obstacle = isBare ? undefined : obstacleTo(file)
    // What the walk left out may be there all the same: ignored files, and those of a repository within.
    const left = isBare || obstacle !== undefined ? undefined : await contentOf(repo.root, file, state, reading)
    const before = found.get(file) ?? left
    const isHeld = before === digits
    const isLinked =
      relink === undefined || isLinkedAs(repo, { path: file, md5: digits, isexec: isexec && !isDirectory }, relink)
    const lacksRight = isHeld && isexec && !isDirectory && !mayBeExecuted(join(repo.root, path))
    if (isHeld && !lacksRight && isLinked) continue
    if (!has(digits)) {
      if (before !== digits) missing.push(file)
      continue
    }
    if (obstacle !== undefined && !going.has(obstacle)) {
      going.add(obstacle)
      const md5 = found.get(obstacle)
      const isSaved = md5 === undefined ? isLinkToCache(repo, join(repo.root, obstacle)) : await isKept(md5)
      files.push({ path: obstacle, change: 'deleted', ...(md5 === undefined ? {} : { before: md5 }), isSaved })
    }
    const content = { path: file, hash: { algorithm, digits } }
    if (before === undefined) files.push({ ...content, change: 'added', isSaved: true })
    else if (isHeld && !lacksRight) files.push({ ...content, change: 'relinked', before, isSaved: true })
    else files.push({ ...content, change: 'modified', before, isSaved: await isKept(before) })
  }
  // Nothing goes where nothing comes in its place.
  const isHopeless = missing.length > 0 && !files.some((file) => file.hash)
  const planned = isHopeless ? [] : files
  const change = kindOf(now, planned, isDirectory && entries.length === 0)
  return { ...about, ...(change ? { change } : {}), files: planned, missing }
}

function kindOf(now: Snapshot, files: readonly FileChange[], isHollow: boolean): Change | undefined {
  if (now.kind === 'nothing') return files.length > 0 || isHollow ? 'added' : undefined
  return files.some(({ change }) => change !== 'relinked') ? 'modified' : undefined
}

function mayBeExecuted(place: string): boolean {
  return isExecutable(Number(lookAt(place)?.mode ?? 0))
}

/** What the workspace shall hold; `undefined` where the manifest is missing or broken. */
async function wantedEntries(repo: DvcRepo, hash: DataHash): Promise<readonly TreeEntry[] | undefined> {
  if (!hash.digits.endsWith(DIR_SUFFIX)) return [{ relpath: '', md5: hash.digits }]
  try {
    return await loadManifest(repo.config.cacheDir, hash)
  } catch (error) {
    if (isObjectLost(error)) return undefined
    throw error
  }
}

/** Refuses an output to which no plain way leads: who writes to it would write elsewhere, or could not. */
function refuseWay({ repo, going }: Looking, path: string): void {
  const link = linkAbove(repo.root, path)
  if (link !== undefined) throw linkInTheWay(path, link)
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    const found = lookAt(join(repo.root, folder))
    if (found && !found.isDirectory() && !going.has(folder)) {
      throw failure('DS_DVC_EXISTS', `${folder} is in the way of ${path}`, { where: folder })
    }
  }
  const place = join(repo.root, path)
  const found = lookAt(place)
  if (!lookAtLink(place)?.isSymbolicLink()) return
  if (found?.isDirectory()) throw linkInTheWay(path, path)
  if (!found && !isLinkToCache(repo, place)) throw notAFile(path)
}
