import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { failure } from './codes.ts'
import type { DataHash, ReadOptions } from './cache/hash.ts'
import { openIgnore, type DvcIgnore } from './workspace/ignore.ts'
import { linkTypesOf } from './cache/links.ts'
import { isObjectLost, loadManifest } from './cache/manifest.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { objectPathIn } from './cache/objects.ts'
import { outputsOf, type Output } from './outputs.ts'
import { applyChanges } from './workspace/placement.ts'
import { isLinkedAs } from './workspace/relink.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { pathWithin, takeSnapshot, type Snapshot } from './workspace/snapshot.ts'
import { openState, type State } from './cache/state.ts'
import { isSelected, selectOutputs, shownFrom, type SelectedOutput } from './workspace/targets.ts'
import { DIR_SUFFIX, type TreeEntry } from './formats/tree.ts'

/** What happens to a file or to a whole output. */
export type Change = 'added' | 'modified' | 'deleted'

/** What happens to one file of the workspace. */
export interface FileChange {
  /** Relative to the root, POSIX. */
  readonly path: string
  /** `relinked` where the content stays. */
  readonly change: Change | 'relinked'
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
}

/** What a checkout comes to. Plain data: it can be printed and compared. */
export interface CheckoutPlan {
  /** The repository's folder. */
  readonly root: string
  readonly outputs: readonly OutputChange[]
}

/** How outputs are brought into the workspace. */
export interface CheckoutOptions extends ReadOptions, RepoOptions {
  readonly recursive?: boolean | undefined
  /** Whether data that no version holds may be overwritten and removed; false by default. */
  readonly force?: boolean | undefined
  /** Whether files that are no links of the type that `cache.type` names become such; false by default. */
  readonly relink?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** What a checkout has done. Paths are relative to `cwd`, those of directories end with a slash. */
export interface CheckoutResult {
  readonly added: readonly string[]
  readonly modified: readonly string[]
  readonly deleted: readonly string[]
  /** Numbers of files. */
  readonly stats: Readonly<Record<Change, number>>
  /** Outputs that could not be brought completely, with what is missing or broken; everything else is in place. */
  readonly failed: readonly { readonly path: string; readonly missing: readonly string[] }[]
  readonly plan: CheckoutPlan
}

/**
 * Brings what is tracked from the cache into the workspace. Files are replaced when their replacements are complete;
 * where an object is missing or broken, what is there stays, and the rest comes all the same. Without targets also those
 * outputs go that an earlier checkout placed, that nothing tracks any more and that nobody has touched.
 *
 * @param targets as {@link selectOutputs} takes them; everything where there are none
 * @throws DS_DVC_UNSAVED, DS_DVC_TARGET, DS_DVC_WRITE, DS_ABORTED and what reading throws; the workspace is as it was then
 * @example (await checkout(['data'], { cwd: process.cwd() })).stats // { added: 3, modified: 0, deleted: 0 }
 */
export async function checkout(targets: readonly string[], options: CheckoutOptions): Promise<CheckoutResult> {
  const repo = await needRepo(options.cwd, options.env, options.user)
  const tmpDir = join(repo.dvcDir, 'tmp')
  if (options.dryRun)
    return resultOf(repo, await planCheckout(repo, targets, options, openState(tmpDir)), new Map(), options)
  const { lockTimeout: timeout, signal } = options
  return withRepoLock(repo, { timeout, signal }, async () => {
    const state = openState(tmpDir)
    const plan = await planCheckout(repo, targets, options, state)
    if (!options.force) refuseUnsaved(repo, plan, options.cwd)
    const broken = await applyChanges(repo, plan.outputs, state, options)
    for (const { path, hash, change } of plan.outputs) {
      if (change === 'deleted') state.placed.delete(path)
      else if (hash && !broken.has(path)) state.placed.set(path, hash.digits)
    }
    await state.save()
    return resultOf(repo, plan, broken, options)
  })
}

/**
 * Works out what a checkout would do; writes nothing.
 *
 * @throws as {@link checkout}
 */
async function planCheckout(
  repo: DvcRepo,
  targets: readonly string[],
  options: CheckoutOptions,
  state: State,
): Promise<CheckoutPlan> {
  const outputs = await outputsOf(repo, { signal: options.signal })
  const selected = await selectOutputs(repo, outputs, targets, options)
  const ignore = openIgnore(repo.root)
  const changes: OutputChange[] = []
  if (targets.length === 0) changes.push(...(await dropped(repo, outputs, ignore, state, options)))
  for (const one of selected) {
    if (one.output.cache && one.output.hash)
      changes.push(await changeOf(repo, one, one.output.hash, ignore, state, options))
  }
  return { root: repo.root, outputs: changes }
}

async function changeOf(
  repo: DvcRepo,
  selection: SelectedOutput,
  hash: DataHash,
  ignore: DvcIgnore,
  state: State,
  { signal, relink = false }: CheckoutOptions,
): Promise<OutputChange> {
  const { path, isexec = false } = selection.output
  const { algorithm } = hash
  const isDirectory = hash.digits.endsWith(DIR_SUFFIX)
  const entries = await wantedEntries(repo, hash)
  const about = { path, isDirectory, isexec, hash }
  if (!entries) return { ...about, files: [], missing: (await isThere(repo, hash, path, ignore, state)) ? [] : [path] }
  const now = await takeSnapshot(repo, path, ignore, { state, signal, algorithm })
  const has = cacheLookup(repo, algorithm)
  const wanted = new Map(
    entries.filter(({ relpath }) => isSelected(selection, relpath)).map((one) => [one.relpath, one.md5]),
  )
  const found = new Map(now.entries.map((entry) => [entry.relpath, entry.md5]))
  const files: FileChange[] = []
  const missing: string[] = []
  for (const [relpath, md5] of found) {
    if (wanted.has(relpath) || !isSelected(selection, relpath)) continue
    files.push({ path: pathWithin(path, relpath), change: 'deleted', isSaved: has(md5) })
  }
  for (const [relpath, digits] of wanted) {
    const before = found.get(relpath)
    const file = pathWithin(path, relpath)
    const placed = { path: file, md5: digits }
    if (before === digits && !(relink && linkTypesOf(repo).every((type) => !isLinkedAs(repo, placed, type)))) {
      continue
    }
    if (!has(digits)) {
      if (before !== digits) missing.push(file)
      continue
    }
    const change = before === undefined ? 'added' : before === digits ? 'relinked' : 'modified'
    files.push({
      path: file,
      change,
      hash: { algorithm, digits },
      isSaved: before === undefined || before === digits || has(before),
    })
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

/** Whether the workspace has a directory as it should be, though the cache does not. */
async function isThere(repo: DvcRepo, hash: DataHash, path: string, ignore: DvcIgnore, state: State): Promise<boolean> {
  const { digits } = await takeSnapshot(repo, path, ignore, { state, algorithm: hash.algorithm })
  return digits === hash.digits
}

/** Outputs that were placed once, that nothing tracks any more and that are as they were placed, by the state alone. */
async function dropped(
  repo: DvcRepo,
  outputs: readonly Output[],
  ignore: DvcIgnore,
  state: State,
  { signal }: CheckoutOptions,
): Promise<OutputChange[]> {
  const tracked = new Set(outputs.map(({ path }) => path))
  const changes: OutputChange[] = []
  for (const [path, digits] of state.placed) {
    if (tracked.has(path)) continue
    const isDirectory = digits.endsWith(DIR_SUFFIX)
    const now = await takeSnapshot(repo, path, ignore, { state, signal, isKnownOnly: true })
    const isOurs = now.digits === digits && !(await repo.git?.isTracked(path))
    if (isOurs) {
      const files = now.entries.map(({ relpath }) => ({
        path: pathWithin(path, relpath),
        change: 'deleted' as const,
        isSaved: true,
      }))
      changes.push({ path, isDirectory, isexec: false, change: 'deleted', files, missing: [] })
    } else state.placed.delete(path)
  }
  return changes
}

function cacheLookup(repo: DvcRepo, algorithm: DataHash['algorithm']): (digits: string) => boolean {
  const known = new Map<string, boolean>()
  return (digits) => {
    const before = known.get(digits)
    if (before !== undefined) return before
    const found = existsSync(objectPathIn(repo.config.cacheDir, digits, algorithm))
    known.set(digits, found)
    return found
  }
}

function refuseUnsaved(repo: DvcRepo, { outputs }: CheckoutPlan, cwd: string): void {
  const unsaved = outputs.flatMap(({ files }) => files.filter(({ isSaved }) => !isSaved).map(({ path }) => path))
  const [first] = unsaved
  if (first === undefined) return
  const names = unsaved.slice(0, 3).map((path) => shownFrom(repo, cwd, path))
  const more = unsaved.length > 3 ? ` and ${unsaved.length - 3} more` : ''
  throw failure('DS_DVC_UNSAVED', `no version holds what is there now: ${names.join(', ')}${more}`, {
    where: shownFrom(repo, cwd, first),
  })
}

function resultOf(
  repo: DvcRepo,
  plan: CheckoutPlan,
  broken: ReadonlyMap<string, readonly string[]>,
  { cwd }: CheckoutOptions,
): CheckoutResult {
  const paths: Record<Change, string[]> = { added: [], modified: [], deleted: [] }
  const stats: Record<Change, number> = { added: 0, modified: 0, deleted: 0 }
  const failed: { path: string; missing: string[] }[] = []
  for (const { path, isDirectory, change, files, missing } of plan.outputs) {
    const lost = [...missing, ...(broken.get(path) ?? [])]
    const shown = `${shownFrom(repo, cwd, path)}${isDirectory ? '/' : ''}`
    if (lost.length > 0) failed.push({ path: shown, missing: lost.map((file) => shownFrom(repo, cwd, file)) })
    const done = files.filter((file) => !lost.includes(file.path))
    if (change && (done.length > 0 || files.length === 0)) paths[change].push(shown)
    for (const file of done) if (file.change !== 'relinked') stats[file.change]++
  }
  for (const list of Object.values(paths)) list.sort(directoriesFirst)
  return { ...paths, stats, failed, plan }
}

function directoriesFirst(a: string, b: string): number {
  return Number(b.endsWith('/')) - Number(a.endsWith('/')) || (a < b ? -1 : 1)
}
