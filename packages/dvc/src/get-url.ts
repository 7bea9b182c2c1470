import { join } from 'node:path'
import type { ReadOptions } from './cache/hash.ts'
import { checkFolder } from './call.ts'
import { assembleAt } from './elsewhere/assemble.ts'
import { readUrl } from './elsewhere/read-url.ts'
import { targetFor } from './elsewhere/target.ts'
import { closeUrl, notAt, urlPlace, type UrlOptions } from './elsewhere/url-place.ts'
import { findRepo, type RepoOptions } from './repo.ts'
import type { RetryOptions } from './transfer/retry.ts'

/** How data is got from an address. */
export interface GetUrlOptions
  extends ReadOptions, UrlOptions, Pick<RepoOptions, 'cwd' | 'user'>, Pick<RetryOptions, 'onRetry'> {
  /** Where it is to be, or a folder for it; the working directory by default. */
  readonly out?: string | undefined
  /** Whether what is there is replaced; false by default. */
  readonly force?: boolean | undefined
  /** Objects at a time; what the remote thinks best by default. */
  readonly jobs?: number | undefined
}

/** Data that was got from an address. */
export interface GetUrlResult {
  /** Where it is, relative to `cwd`, POSIX. */
  readonly path: string
  readonly files: number
  readonly bytes: number
}

/**
 * Gets a file or directory from an address or a path of this machine, as `dvc get-url` does. No repository is needed; where
 * there is one, `remote://NAME/path` names what lies on one of its remotes. It appears whole or not at all.
 *
 * @throws DS_DVC_PATH_MISSING, DS_DVC_EXISTS, DS_REMOTE_*, DS_DVC_UNREADABLE, DS_DVC_WRITE, DS_ABORTED
 * @example await getUrl('https://example.com/weather.csv', { cwd: process.cwd() }) // { path: 'weather.csv', files: 1, … }
 */
export async function getUrl(url: string, options: GetUrlOptions): Promise<GetUrlResult> {
  checkFolder(options?.cwd)
  const { cwd, force = false, signal, env, user, onProgress } = options
  const target = targetFor(url, options.out, cwd, force)
  const { files, bytes } = await assembleAt(target, signal, async ({ folder, cache, state }) => {
    const repo = await findRepo(cwd, env, user).catch(() => undefined)
    const place = await urlPlace(url, cwd, repo?.config, options)
    try {
      const how = { ...options, onBytes: onProgress, isTaken: true }
      const { data } = await readUrl(place, url, cache, state, join(folder, 'scratch'), how)
      if (!data) throw notAt(url)
      return { data, result: undefined }
    } finally {
      await closeUrl(place)
    }
  })
  return { path: target.shown, files, bytes }
}
