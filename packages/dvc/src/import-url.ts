import { dirname, join } from 'node:path'
import { isAddress, throwIfAborted } from '@dayshift/core/ground'
import type { ReadOptions } from './cache/hash.ts'
import { openState } from './cache/state.ts'
import { checkCall } from './call.ts'
import { keepData, placeOutput, planPlace } from './elsewhere/place.ts'
import { readUrl } from './elsewhere/read-url.ts'
import { keepRecord, outOf, placeFor, refuseOthers, type ImportPlace } from './elsewhere/record.ts'
import { withScratch } from './elsewhere/scratch.ts'
import { storeOnRemote } from './elsewhere/store-on-remote.ts'
import { closeUrl, pathToRecord, urlPlace, urlWords, type UrlOptions, type UrlPlace } from './elsewhere/url-place.ts'
import { failure } from './codes.ts'
import { definitionHash, type DepEntry } from './formats/dvcfile.ts'
import { refuseRecordedSecrets } from './remotes/secrets.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import type { RetryOptions } from './transfer/retry.ts'

/** How data is imported from an address. */
export interface ImportUrlOptions
  extends ReadOptions, RepoOptions, Omit<UrlOptions, 'env'>, Pick<RetryOptions, 'onRetry'> {
  /** Where it is to be, or a folder for it; the working directory by default. */
  readonly out?: string | undefined
  /** Whether what is there is replaced; false by default. */
  readonly force?: boolean | undefined
  /**
   * How far it goes: `all` by default, `record` writes the `.dvc` file with what the data is known by but without data
   * (`--no-download`), `nothing` does not even look there (`--no-exec`), `remote` brings the data to a remote instead of the
   * workspace (`--to-remote`).
   */
  readonly extent?: 'all' | 'record' | 'nothing' | 'remote' | undefined
  /**
   * Whether the record says where the data is from, so that `update` follows it; true by default. With `extent: 'remote'` and
   * without it, that is `dvc add --to-remote`: data like any other, and no line in `.gitignore` before it comes.
   */
  readonly isFollowed?: boolean | undefined
  /** The remote that data goes to; the default one otherwise. */
  readonly remote?: string | undefined
  /** Objects at a time; what the remote thinks best by default. */
  readonly jobs?: number | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** Data that was imported from an address. */
export interface ImportUrlResult extends ImportPlace {
  readonly root: string
  /** As DVC tells where it came from: a path from `cwd`, or an absolute one outside of the repository; without secrets. */
  readonly from: string
  /** With `.dir` for a directory; absent where no data came. */
  readonly digits?: string
  readonly bytes?: number
  /** `.dvc` and `.gitignore` files that are the user's to stage; none where DVC stages them, or works without git. */
  readonly unstaged: readonly string[]
}

/**
 * Imports a file or directory from an address or a path of this machine, as `dvc import-url` does: its data into the cache
 * and the workspace, and by what it was known there into a `.dvc` file, which `update` follows.
 *
 * @param url a path, which is taken from `cwd`, `https://…`, `s3://…`, or `remote://NAME/path` for what lies on a remote
 * @throws DS_DVC_PATH_MISSING, DS_DVC_EXISTS, DS_DVC_OVERLAP, DS_DVC_SECRET, DS_REMOTE_*, DS_DVC_UNSAVED, DS_DVC_WRITE, DS_LOCKED, DS_ABORTED
 *   and what `add` throws for a place
 * @example (await importUrl('https://example.com/weather.csv', { cwd: process.cwd() })).file // 'weather.csv.dvc'
 */
export async function importUrl(url: string, options: ImportUrlOptions): Promise<ImportUrlResult> {
  checkCall(options)
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { cwd, lockTimeout: timeout, onWait, signal, dryRun = false, extent = 'all' } = options
  const place = await placeFor(repo, url, options)
  refuseRecordedSecrets({ url, ...options.settings }, place.file)
  // Who is not even to look there need not be able to.
  const at = extent === 'nothing' && isAddress(url) ? undefined : await urlPlace(url, cwd, repo.config, options)
  const about = { root: repo.root, ...place, from: urlWords(repo.root, url, at, cwd) }
  try {
    if (at?.kind === 'local' && at.path === join(repo.root, place.path)) {
      throw failure('DS_DVC_OVERLAP', `${place.shown} cannot be imported onto itself`, {
        where: place.shown,
        hint: 'Track it with `dayshift dvc add`, or give another place.',
      })
    }
    await refuseOthers(repo, place, options)
    if (dryRun) return { ...about, unstaged: [] }
    return await withRepoLock(repo, { timeout, signal, onWait }, async () => {
      await refuseOthers(repo, place, options)
      const said =
        at?.kind === 'local' ? pathToRecord(url, at.path, repo.root, join(repo.root, dirname(place.path))) : url
      const { settings = {} } = options
      const named = { path: said, ...(Object.keys(settings).length > 0 ? { fs_config: settingsOf(settings) } : {}) }
      const dep = { hash: 'md5', ...named }
      if (at && extent !== 'nothing') return { ...about, ...(await take(repo, place, url, at, dep, options)) }
      const unstaged = await keepRecord(repo, place, { frozen: true, deps: [dep], outs: [outOf(place)] })
      return { ...about, unstaged }
    })
  } finally {
    if (at) await closeUrl(at)
  }
}

function settingsOf(settings: NonNullable<UrlOptions['settings']>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

async function take(
  repo: DvcRepo,
  place: ImportPlace,
  url: string,
  at: UrlPlace,
  dep: DepEntry,
  options: ImportUrlOptions,
): Promise<Pick<ImportUrlResult, 'digits' | 'bytes' | 'unstaged'>> {
  const { signal, force = false, extent = 'all', onProgress } = options
  const state = openState(join(repo.dvcDir, 'tmp'))
  const { seen, kept } = await withScratch(repo, async (scratch) => {
    const isElsewhere = extent === 'remote'
    const cache = isElsewhere ? { ...repo, config: { ...repo.config, cacheDir: join(scratch, 'cache') } } : repo
    const how = { ...options, onBytes: onProgress, isTaken: extent !== 'record' }
    const { seen: known, data } = await readUrl(at, url, cache, state, join(scratch, 'work'), how)
    const brought = data && (await keepData(cache, data))
    if (isElsewhere && brought) await storeOnRemote(cache, place, brought, options)
    return { seen: known, kept: brought }
  })
  const file = { frozen: true, deps: [{ ...seen, ...dep }], outs: [outOf(place, kept)] }
  const isPlaced = kept && extent === 'all'
  const change = isPlaced && (await planPlace(repo, place, kept, state, { signal, force }))
  throwIfAborted(signal)
  const unstaged =
    options.isFollowed === false
      ? await keepRecord(repo, place, { outs: file.outs }, { isIgnored: extent !== 'remote' })
      : await keepRecord(repo, place, { ...file, md5: definitionHash(file) })
  if (change) await placeOutput(repo, change, state, options)
  await state.save()
  return { ...(kept ? { digits: kept.md5, bytes: kept.size } : {}), unstaged }
}
