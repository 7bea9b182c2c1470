import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import { flush } from './cache/flush.ts'
import type { ReadOptions } from './cache/hash.ts'
import { objectPathIn } from './cache/objects.ts'
import { openState } from './cache/state.ts'
import { checkFolder } from './call.ts'
import { failure } from './codes.ts'
import { openSource } from './elsewhere/source.ts'
import type { RemoteChoice } from './elsewhere/overlay.ts'
import { takeFrom, type TakenData, type TakeOptions } from './elsewhere/take.ts'
import { targetFor } from './elsewhere/target.ts'
import { visitOf } from './elsewhere/visit.ts'
import type { DvcRepo, RepoOptions } from './repo.ts'
import { syncFolder, temporaryName, unwritable } from './write.ts'

/** How data is got from another repository. */
export interface GetOptions
  extends
    ReadOptions,
    RemoteChoice,
    Pick<RepoOptions, 'cwd' | 'env' | 'user'>,
    Pick<TakeOptions, 'jobs' | 'onRetry' | 'open'> {
  /** A revision there; by default what a folder holds now, or the newest commit of an address. */
  readonly revision?: string | undefined
  /** Where it is to be, or a folder for it; the working directory by default. */
  readonly out?: string | undefined
  /** Whether what is there is replaced; false by default. */
  readonly force?: boolean | undefined
}

/** Data that was got. */
export interface GetResult {
  /** Where it is, relative to `cwd`, POSIX. */
  readonly path: string
  readonly files: number
  readonly bytes: number
  /** The commit that it is of; absent where a folder was looked at as it is. */
  readonly commit?: string
}

/**
 * Gets a file or directory of another repository, tracked by DVC or by git, as `dvc get` does. No repository is needed
 * here, and none is touched. What comes is held against its name, and appears whole or not at all.
 *
 * @param url a folder, or an address of git's
 * @param path from the root of that repository
 * @throws DS_GIT_ADDRESS, DS_GIT_REMOTE, DS_GIT_REVISION, DS_DVC_PATH_MISSING, DS_DVC_EXISTS, DS_DVC_OBJECT_MISSING,
 *   DS_REMOTE_*, DS_DVC_WRITE, DS_ABORTED
 * @example await get('https://example.com/airports.git', 'data/images', { cwd: process.cwd(), revision: 'v1.0' })
 */
export async function get(url: string, path: string, options: GetOptions): Promise<GetResult> {
  checkFolder(options?.cwd)
  const { cwd, force = false, signal } = options
  const target = targetFor(path, options.out, cwd, force)
  if (/.\.dvc$|^dvc\.yaml$/.test(basename(target.place))) {
    throw failure('DS_DVC_PATH_NAME', `${path} is a file about data`, { where: path, hint: 'Name the data itself.' })
  }
  const made = makeFolders(dirname(target.place))
  const draft = join(dirname(target.place), temporaryName())
  let isDone = false
  try {
    mkdirSync(draft)
    const cache = cacheIn(draft)
    const state = openState(join(cache.dvcDir, 'tmp'))
    const source = await openSource(visitOf(url, options), {
      scratch: join(draft, 'source'),
      cacheDir: cache.config.cacheDir,
      env: options.env,
      user: options.user,
      signal,
    })
    const data = await takeFrom(source, path, cache, state, { ...options, onBytes: options.onProgress })
    const whole = await assemble(data, cache, draft)
    throwIfAborted(signal)
    replace(target.place, whole, join(draft, 'before'))
    await syncFolder(dirname(target.place))
    isDone = true
    const { commit } = source
    const about = { path: target.shown, files: data.entries.length, bytes: data.bytes }
    return { ...about, ...(commit === undefined ? {} : { commit }) }
  } catch (error) {
    throw unwritable(target.place, error)
  } finally {
    rmSync(draft, { recursive: true, force: true })
    if (!isDone && made !== undefined) rmSync(made, { recursive: true, force: true })
  }
}

/** @returns the first folder that was made */
function makeFolders(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw unwritable(folder, error)
  }
}

/** A repository that has a cache and nothing else. */
function cacheIn(folder: string): DvcRepo {
  const config = { cacheDir: join(folder, 'cache'), noScm: true, autostage: false }
  return { root: folder, dvcDir: join(folder, '.dvc'), config, configFiles: {} }
}

/** Makes of objects what a user works with: they move, and those of the same content are copied. */
async function assemble({ isDirectory, entries }: TakenData, { config }: DvcRepo, draft: string): Promise<string> {
  const whole = join(draft, 'data')
  const mode = usualMode(join(draft, 'mode'))
  const left = new Map<string, number>()
  for (const { md5 } of entries) left.set(md5, (left.get(md5) ?? 0) + 1)
  if (isDirectory) mkdirSync(whole)
  const files: string[] = []
  for (const { md5, relpath } of entries) {
    const file = isDirectory ? join(whole, relpath) : whole
    mkdirSync(dirname(file), { recursive: true })
    const object = objectPathIn(config.cacheDir, md5)
    const count = (left.get(md5) ?? 1) - 1
    left.set(md5, count)
    if (count === 0) renameSync(object, file)
    else copyFileSync(object, file)
    chmodSync(file, mode)
    files.push(file)
  }
  await flush(files, draft)
  return whole
}

/** The mode that the process gives to new files. */
function usualMode(probe: string): number {
  writeFileSync(probe, '')
  return statSync(probe).mode & 0o777
}

/** @param before where what was there goes */
function replace(place: string, whole: string, before: string): void {
  const isThere = existsSync(place)
  if (isThere) renameSync(place, before)
  try {
    renameSync(whole, place)
  } catch (error) {
    if (isThere) renameSync(before, place)
    throw error
  }
}
