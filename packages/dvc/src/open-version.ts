import { lstatSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { checkCall } from './call.ts'
import { failure } from './codes.ts'
import type { DataHash } from './cache/hash.ts'
import { loadManifest, missingObject } from './cache/manifest.ts'
import { objectPathIn } from './cache/objects.ts'
import { outputsOf } from './outputs.ts'
import { recordOf } from './history/record.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { digitsOf } from './restore.ts'
import { pathInRepo } from './workspace/survey.ts'
import { DIR_SUFFIX } from './formats/tree.ts'

/** A version that lies in the cache, ready to be read. Its objects belong to the cache: they are never to be written. */
export interface OpenedVersion {
  /** The path that it is of, relative to the repository's root, POSIX. Its name tells the format. */
  readonly path: string
  /** `md5:…`; with `.dir` at the end for a directory. */
  readonly hash: string
  readonly isDirectory: boolean
  /** Of all files. */
  readonly bytes: number
  readonly files: readonly {
    /** Relative to the directory, POSIX; the name of a file by itself. */
    readonly relpath: string
    /** Where the cache has its content, absolute. */
    readonly object: string
    readonly bytes: number
  }[]
}

/**
 * Opens a version of a path straight from the cache, without a checkout: of an output, or of a file in a directory that is
 * one.
 *
 * @param spec a git revision or tag (`v1.0`, `HEAD~2`), or a hash (`md5:…`)
 * @throws DS_GIT_REVISION, DS_DVC_VERSION_UNKNOWN where the path has no version there, DS_DVC_OBJECT_MISSING,
 *   DS_DVC_OBJECT_CORRUPT, DS_DVC_REPO_MISSING
 * @example (await openVersion('data/train.csv', 'v1.0', { cwd })).files[0]?.object // /r/.dvc/cache/files/md5/d4/1d8c…
 */
export async function openVersion(
  path: string,
  spec: string,
  options: Pick<RepoOptions, 'cwd' | 'env' | 'user'>,
): Promise<OpenedVersion> {
  checkCall(options, {}, { path, 'version named': spec })
  const { cwd, env, user } = options
  const repo = await needRepo(cwd, env, user)
  const place = await pathInRepo(repo, resolve(cwd, path))
  if (spec.startsWith('md5:')) return openedVersion(repo, place, { algorithm: 'md5', digits: digitsOf(spec) })
  const record = await recordOf(repo, await outputsOf(repo, { revision: spec }), place)
  if (record) return openedVersion(repo, place, record.hash)
  throw failure('DS_DVC_VERSION_UNKNOWN', `${path} has no version at '${spec}'`, { where: `${path}@${spec}` })
}

/**
 * Finds the objects of a version in the cache; nothing is read but a directory's manifest, and nothing checked but that all
 * are there.
 *
 * @throws DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT for a broken manifest
 */
export async function openedVersion(repo: DvcRepo, path: string, hash: DataHash): Promise<OpenedVersion> {
  const { cacheDir } = repo.config
  const { algorithm, digits } = hash
  const isDirectory = digits.endsWith(DIR_SUFFIX)
  const entries = isDirectory ? await loadManifest(cacheDir, hash) : [{ relpath: posix.basename(path), md5: digits }]
  const files = entries.map(({ relpath, md5 }) => {
    const object = objectPathIn(cacheDir, md5, algorithm)
    const found = lstatSync(object, { throwIfNoEntry: false })
    if (!found) throw missingObject(md5)
    return { relpath, object, bytes: found.size }
  })
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { path, hash: `md5:${digits}`, isDirectory, bytes, files }
}
