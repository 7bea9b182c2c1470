import { join } from 'node:path'
import type { ReadOptions } from './cache/hash.ts'
import { checkFolder } from './call.ts'
import { assembleAt } from './elsewhere/assemble.ts'
import type { RemoteChoice } from './elsewhere/overlay.ts'
import { openSource } from './elsewhere/source.ts'
import { takeFrom, type TakeOptions } from './elsewhere/take.ts'
import { targetFor } from './elsewhere/target.ts'
import { visitOf } from './elsewhere/visit.ts'
import type { RepoOptions } from './repo.ts'

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
  const { cwd, force = false, signal, env, user } = options
  const target = targetFor(path, options.out, cwd, force)
  const { files, bytes, result } = await assembleAt(target, signal, async ({ folder, cache, state }) => {
    const { cacheDir } = cache.config
    const source = await openSource(visitOf(url, options), {
      scratch: join(folder, 'source'),
      cacheDir,
      env,
      user,
      signal,
    })
    const data = await takeFrom(source, path, cache, state, { ...options, onBytes: options.onProgress })
    return { data, result: source.commit }
  })
  return { path: target.shown, files, bytes, ...(result === undefined ? {} : { commit: result }) }
}
