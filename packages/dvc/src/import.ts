import { join } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import type { ReadOptions } from './cache/hash.ts'
import { openState } from './cache/state.ts'
import { checkCall } from './call.ts'
import { lockedAt } from './elsewhere/origin.ts'
import { mappingOf, type RemoteChoice } from './elsewhere/overlay.ts'
import { keepData, placeOutput, planPlace } from './elsewhere/place.ts'
import { keepRecord, outOf, placeFor, refuseOthers, type ImportPlace } from './elsewhere/record.ts'
import { withScratch } from './elsewhere/scratch.ts'
import { openSource } from './elsewhere/source.ts'
import { takeFrom, type TakeOptions } from './elsewhere/take.ts'
import { definitionHash, type DepEntry } from './formats/dvcfile.ts'
import type { YamlMapping } from './formats/yaml.ts'
import { refuseRecordedSecrets } from './remotes/secrets.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'

/** How data is imported. */
export interface ImportOptions
  extends ReadOptions, RepoOptions, RemoteChoice, Pick<TakeOptions, 'jobs' | 'onRetry' | 'open'> {
  /** A revision there, which later updates follow; by default the newest commit. */
  readonly revision?: string | undefined
  /** Where it is to be, or a folder for it; the working directory by default. */
  readonly out?: string | undefined
  /** Whether what is there is replaced; false by default. */
  readonly force?: boolean | undefined
  /**
   * How far it goes: `all` by default, `record` writes the `.dvc` file with the commit but without data (`--no-download`),
   * `nothing` does not even look there (`--no-exec`).
   */
  readonly extent?: 'all' | 'record' | 'nothing' | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** Data that was imported. */
export interface ImportResult extends ImportPlace {
  readonly root: string
  /** The full name of the commit; absent where nobody looked. */
  readonly commit?: string
  /** With `.dir` for a directory; absent where no data came. */
  readonly digits?: string
  readonly bytes?: number
  /** `.dvc` and `.gitignore` files that are the user's to stage; none where DVC stages them, or works without git. */
  readonly unstaged: readonly string[]
}

/**
 * Imports a file or directory of another repository, tracked by DVC or by git, as `dvc import` does: its data into the
 * cache and the workspace, and where it is from into a `.dvc` file, which `update` follows. A commit is recorded, and what
 * comes is that commit's, also where a folder of this machine has changes that are not committed.
 *
 * @param url a folder, or an address of git's
 * @param path from the root of that repository
 * @throws DS_GIT_ADDRESS, DS_GIT_REMOTE, DS_GIT_REVISION, DS_DVC_PATH_MISSING, DS_DVC_EXISTS, DS_DVC_OVERLAP,
 *   DS_DVC_SECRET, DS_DVC_OBJECT_MISSING, DS_REMOTE_*, DS_DVC_UNSAVED, DS_DVC_WRITE, DS_LOCKED, DS_ABORTED and what `add` throws for a place
 * @example (await importData('../airports', 'data', { cwd: process.cwd(), out: 'airports' })).file // 'airports.dvc'
 */
export async function importData(url: string, path: string, options: ImportOptions): Promise<ImportResult> {
  checkCall(options)
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, onWait, signal, dryRun = false } = options
  const place = await placeFor(repo, path, options)
  refuseSecrets(url, options, place.file)
  if (dryRun) {
    await refuseOthers(repo, place, options)
    return { root: repo.root, ...place, unstaged: [] }
  }
  return withRepoLock(repo, { timeout, signal, onWait }, async () => {
    await refuseOthers(repo, place, options)
    const definition = { path, repo: definitionOf(url, options) }
    if (options.extent !== 'nothing') return take(repo, place, url, definition, options)
    const unstaged = await keepRecord(repo, place, { frozen: true, deps: [definition], outs: [outOf(place)] })
    return { root: repo.root, ...place, unstaged }
  })
}

function refuseSecrets(url: string, { remote, config }: ImportOptions, file: string): void {
  refuseRecordedSecrets({ url }, file)
  const remotes = typeof config === 'object' ? Object.values(mappingOf(config['remote'])) : []
  for (const settings of [remote, ...remotes]) refuseRecordedSecrets(mappingOf(settings), file)
}

function definitionOf(url: string, { revision, config, remote }: ImportOptions): YamlMapping {
  return {
    url,
    ...(revision === undefined ? {} : { rev: revision }),
    ...(config === undefined ? {} : { config }),
    ...(remote === undefined ? {} : { remote }),
  }
}

async function take(
  repo: DvcRepo,
  place: ImportPlace,
  url: string,
  { path, repo: definition }: Required<Pick<DepEntry, 'path' | 'repo'>>,
  options: ImportOptions,
): Promise<ImportResult> {
  const { cwd, signal, revision, remote, config, env, user, force = false } = options
  const state = openState(join(repo.dvcDir, 'tmp'))
  const { commit, data } = await withScratch(repo, async (scratch) => {
    const { cacheDir, cacheShared } = repo.config
    const request = { url, revision, remote, config, folders: [cwd] }
    const source = await openSource(request, { scratch, cacheDir, cacheShared, env, user, signal })
    const isTaken = options.extent !== 'record'
    const taken = isTaken
      ? await takeFrom(source, path, repo, state, { ...options, onBytes: options.onProgress })
      : undefined
    return { commit: source.commit ?? '', data: taken && (await keepData(repo, taken)) }
  })
  const deps = [{ path, repo: lockedAt(definition, commit) }]
  const file = { frozen: true, deps, outs: [outOf(place, data)] }
  const change = data && (await planPlace(repo, place, data, state, { signal, force }))
  throwIfAborted(signal)
  const unstaged = await keepRecord(repo, place, { ...file, md5: definitionHash(file) })
  if (change) await placeOutput(repo, change, state, options)
  await state.save()
  return { root: repo.root, ...place, commit, ...(data ? { digits: data.md5, bytes: data.size } : {}), unstaged }
}
