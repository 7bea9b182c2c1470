import { chmodSync, lstatSync, renameSync, statSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { openIgnore } from './workspace/ignore.ts'
import { ownMode } from './cache/links.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { needRepo, type RepoOptions } from './repo.ts'
import { pathWithin } from './workspace/snapshot.ts'
import { openStaging, type Staging } from './workspace/staging.ts'
import { pathInRepo } from './workspace/survey.ts'
import { unwritable } from './write.ts'
import { isExecutable, walkDirectory } from './workspace/walk.ts'
import { checkCall } from './call.ts'

/** How files are made the user's own. */
export interface UnprotectOptions extends RepoOptions {
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** Files that are copied before they are brought to the disk together. */
const AT_ONCE = 100

/**
 * Makes files that are links to objects of the cache into files that may be changed: each becomes a copy. A file that is
 * no link becomes writable.
 *
 * @returns the files that were changed, relative to the root, POSIX
 * @throws DS_DVC_PATH_MISSING, DS_DVC_PATH_OUTSIDE, DS_DVC_WRITE, DS_ABORTED
 * @example await unprotect(['data'], { cwd: process.cwd() }) // ['data/a.csv']
 */
export async function unprotect(paths: readonly string[], options: UnprotectOptions): Promise<string[]> {
  checkCall(options, { paths })
  const { cwd, signal, lockTimeout: timeout, onWait, dryRun = false } = options
  const repo = await needRepo(cwd, options.env, options.user)
  const tmpDir = join(repo.dvcDir, 'tmp')
  const work = async (): Promise<string[]> => {
    const open: string[] = []
    for (const given of paths) {
      const path = await pathInRepo(repo, resolve(cwd, given))
      const found = statSync(join(repo.root, path), { throwIfNoEntry: false })
      if (!found) throw failure('DS_DVC_PATH_MISSING', `${given} does not exist`, { where: given })
      const { files } = found.isDirectory()
        ? await walkDirectory(repo.root, path, openIgnore(repo.root), { signal })
        : { files: [{ relpath: '' }] }
      for (const { relpath } of files) {
        const file = pathWithin(path, relpath)
        if (isProtected(join(repo.root, file))) open.push(file)
      }
    }
    if (dryRun) return open
    const staging = openStaging(tmpDir)
    try {
      for (let at = 0; at < open.length; at += AT_ONCE) {
        throwIfAborted(signal)
        const places = open.slice(at, at + AT_ONCE).map((path) => join(repo.root, path))
        await own(staging, places)
      }
    } finally {
      staging.clear()
    }
    return open
  }
  return dryRun ? work() : withRepoLock(repo, { timeout, signal, onWait }, work)
}

function isProtected(place: string): boolean {
  const found = lstatSync(place)
  return found.isSymbolicLink() || found.nlink > 1 || (found.mode & 0o200) === 0
}

/** Copies take the names of links when they are on the disk. */
async function own(staging: Staging, places: readonly string[]): Promise<void> {
  const copies: { readonly place: string; readonly copy: string }[] = []
  try {
    for (const place of places) {
      const found = lstatSync(place)
      const mode = ownMode(isExecutable(statSync(place).mode))
      if (!found.isSymbolicLink() && found.nlink === 1) {
        chmodSync(place, mode)
        continue
      }
      const copy = staging.next(place)
      copies.push({ place, copy })
      await copyFile(place, copy)
      chmodSync(copy, mode)
    }
    await staging.sync(copies.map(({ copy }) => copy))
    for (const { place, copy } of copies) renameSync(copy, place)
  } catch (error) {
    throw unwritable(copies.at(-1)?.place ?? places[0] ?? '', error)
  }
}
