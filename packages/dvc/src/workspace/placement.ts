import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { breather } from '../breather.ts'
import type { DataHash, ReadOptions } from '../cache/hash.ts'
import { linkTypesOf, openLinker } from '../cache/links.ts'
import { isObjectLost } from '../cache/manifest.ts'
import { stampOf } from '../cache/stamp.ts'
import { stateKey, type State } from '../cache/state.ts'
import type { DvcRepo } from '../repo.ts'
import { unwritable } from '../write.ts'
import type { FileChange, OutputChange } from './change.ts'
import { isStill, lookAtLink } from './content.ts'
import { refuseLinksAbove } from './link-above.ts'
import { isLinkToCache } from './obstacles.ts'
import { openStaging, type Staging } from './staging.ts'

/** What has become of an output. Paths are relative to the root, POSIX. */
export interface Outcome {
  /** Files that are now as they were planned. */
  readonly done: ReadonlySet<string>
  /** Files whose objects turned out to be missing or broken; they are as they were. */
  readonly lost: readonly string[]
  /** Files that somebody changed meanwhile; they are as he made them. */
  readonly changed: readonly string[]
  /** Why it went no further. */
  readonly error?: unknown
}

interface Prepared {
  readonly files: readonly Ready[]
  readonly lost: readonly string[]
  /** Where a directory that is not there was made as a whole. */
  readonly whole?: string
}

interface Ready {
  readonly file: FileChange
  /** Where it is made ready. */
  readonly temporary: string
  readonly hash: DataHash
}

/**
 * Changes the workspace: all new files are made ready elsewhere first, then each takes its place and the others go; a
 * directory that is not there appears as a whole. A failure before that leaves the workspace as it was. What is no longer
 * as the plan saw it stays.
 *
 * @returns by output
 * @throws DS_DVC_WRITE, DS_ABORTED
 */
export async function applyChanges(
  repo: DvcRepo,
  outputs: readonly OutputChange[],
  state: State,
  options: ReadOptions,
): Promise<Map<string, Outcome>> {
  const staging = openStaging(join(repo.dvcDir, 'tmp'))
  const prepared = new Map<OutputChange, Prepared>()
  const outcomes = new Map<string, Outcome>()
  try {
    for (const output of outputs) prepared.set(output, await prepare(repo, output, staging, state, options))
    const all = [...prepared.values()].flatMap(({ files }) => files)
    await staging.sync(all.map(({ temporary }) => temporary))
    for (const [output, ready] of prepared) outcomes.set(output.path, await place(repo, output, ready, state))
  } catch (error) {
    throw unwritable(repo.root, error)
  } finally {
    staging.clear()
  }
  return outcomes
}

async function prepare(
  repo: DvcRepo,
  output: OutputChange,
  staging: Staging,
  state: State,
  options: ReadOptions,
): Promise<Prepared> {
  const files: Ready[] = []
  const lost: string[] = []
  if (!output.files.some(({ hash }) => hash)) return { files, lost }
  const linker = openLinker(repo, linkTypesOf(repo), state, options)
  const breathe = breather(options.signal)
  const whole = isNew(repo, output) ? staging.next(join(repo.root, output.path)) : undefined
  const folders = new Set<string>()
  for (const file of output.files) {
    const { path, hash } = file
    if (!hash) continue
    await breathe()
    const temporary =
      whole === undefined ? staging.next(join(repo.root, path)) : `${whole}${path.slice(output.path.length)}`
    const folder = dirname(temporary)
    if (whole !== undefined && !folders.has(folder)) mkdirSync(folder, { recursive: true })
    folders.add(folder)
    try {
      await linker.bring(hash, temporary, output.isexec && !output.isDirectory)
      files.push({ file, temporary, hash })
    } catch (error) {
      if (!isObjectLost(error)) throw error
      lost.push(path)
    }
  }
  return { files, lost, ...(whole === undefined ? {} : { whole }) }
}

async function place(repo: DvcRepo, output: OutputChange, prepared: Prepared, state: State): Promise<Outcome> {
  const { files, lost, whole } = prepared
  const done = new Set<string>()
  const changed: string[] = []
  const root = join(repo.root, output.path)
  const { algorithm } = output.hash ?? {}
  /** The folder that is written to. */
  let folder = dirname(root)
  const entered = new Set<string>()
  const enter = (path: string): void => {
    folder = dirname(join(repo.root, path))
    if (entered.has(folder)) return
    refuseLinksAbove(repo.root, path, path)
    entered.add(folder)
  }
  try {
    enter(output.path)
    if (whole !== undefined && files.length > 0 && isNew(repo, output)) {
      mkdirSync(folder, { recursive: true })
      renameSync(whole, root)
      for (const { file } of files) done.add(file.path)
    } else {
      // Nothing goes where nothing comes in its place.
      const goes = lost.length > 0 && files.length === 0 ? [] : output.files.filter(({ hash }) => !hash)
      for (const file of goes) {
        enter(file.path)
        if (await isAsSeen(repo, file, state, algorithm)) {
          remove(file, join(repo.root, file.path), root)
          done.add(file.path)
        } else changed.push(file.path)
      }
      folder = dirname(root)
      if (output.isDirectory && output.change !== 'deleted' && output.change !== undefined) {
        mkdirSync(root, { recursive: true })
      }
      const made = new Set<string>()
      for (const { file, temporary } of files) {
        enter(file.path)
        if (!made.has(folder)) mkdirSync(folder, { recursive: true })
        made.add(folder)
        const target = join(repo.root, file.path)
        if ((await isAsSeen(repo, file, state, algorithm)) && clearHollow(target)) {
          renameSync(temporary, target)
          done.add(file.path)
        } else changed.push(file.path)
      }
    }
    return { done, lost, changed }
  } catch (error) {
    return { done, lost, changed, error: unwritable(folder, error) }
  } finally {
    remember(
      repo,
      files.filter(({ file }) => done.has(file.path)),
      state,
    )
  }
}

/** Whether all of a directory comes at once. */
function isNew(repo: DvcRepo, { path, isDirectory }: OutputChange): boolean {
  return isDirectory && lookAtLink(join(repo.root, path)) === undefined
}

/** Whether a path holds what the plan saw there, or nothing by now. What cannot be hashed was given up, or is hollow. */
async function isAsSeen(
  repo: DvcRepo,
  { path, before, change }: FileChange,
  state: State,
  algorithm: DataHash['algorithm'] | undefined,
): Promise<boolean> {
  const found = lookAtLink(join(repo.root, path))
  if (!found) return true
  if (before !== undefined) return isStill(repo.root, path, before, state, algorithm)
  return change === 'deleted' || found.isDirectory() || isLinkToCache(repo, join(repo.root, path))
}

function remember(repo: DvcRepo, files: readonly Ready[], state: State): void {
  for (const { file, hash } of files) {
    const found = statSync(join(repo.root, file.path), { bigint: true, throwIfNoEntry: false })
    if (found) state.put(stateKey(file.path, hash.algorithm), stampOf(found), hash.digits)
  }
}

/** Removes a file, and the folders that it leaves empty, up to that of the output; what cannot be hashed, as a whole. */
function remove({ before }: FileChange, path: string, root: string): void {
  rmSync(path, { force: true, recursive: before === undefined })
  for (let folder = dirname(path); folder === root || folder.startsWith(`${root}/`); folder = dirname(folder)) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}

/** Removes empty folders in place of a file. @returns false where they are not empty any more */
function clearHollow(target: string): boolean {
  if (!lookAtLink(target)?.isDirectory()) return true
  for (const name of readdirSync(target)) {
    const path = join(target, name)
    if (!lookAtLink(path)?.isDirectory() || !clearHollow(path)) return false
  }
  rmdirSync(target)
  return true
}
