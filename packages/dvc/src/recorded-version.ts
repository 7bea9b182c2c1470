import { join, posix, resolve } from 'node:path'
import { isDayshiftError, readTextFile, systemCode } from '@dayshift/core/ground'
import { digitsOf } from './restore.ts'
import { failure } from './codes.ts'
import { readDvcFile, type OutEntry } from './formats/dvcfile.ts'
import { unreadable } from './cache/hash.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { recordOf } from './history/record.ts'
import { pathInRepo } from './workspace/survey.ts'
import { dvcFileFor, outputPath, outputsOf } from './outputs.ts'
import { needCommit, needGit } from './git/revision.ts'
import { checkCall } from './call.ts'

/** A version of a path, found in its `.dvc` file. */
export interface RecordedVersion {
  /** `md5:…`; with `.dir` at the end for a directory. */
  readonly hash: string
  /** Size of the data, where the `.dvc` file says it. */
  readonly bytes?: number
  /** The git commit whose `.dvc` file says so; absent where it is the one in the workspace, or a bare hash. */
  readonly revision?: string
}

/** Where paths are looked for. */
export type VersionsOptions = Pick<RepoOptions, 'cwd' | 'env' | 'user'>

/**
 * The version that the `.dvc` file in the workspace records, whether or not the data is still the same.
 *
 * @returns `undefined` where the path is not tracked
 * @throws DS_DVC_REPO_MISSING, DS_DVC_FILE_*
 */
export async function recordedVersion(path: string, options: VersionsOptions): Promise<RecordedVersion | undefined> {
  checkCall(options, {}, { path })
  const { repo, dvcFile } = await locate(path, options)
  return readInWorkspace(repo, dvcFile)
}

/**
 * The last version before the recorded one that differs from it, by the git history of the `.dvc` file. Where that is
 * deleted in the workspace, the last version that git has.
 *
 * @returns `undefined` where there is no other version
 * @throws DS_DVC_REPO_MISSING, DS_DVC_FILE_*, DS_GIT_FAILED
 */
export async function previousVersion(path: string, options: VersionsOptions): Promise<RecordedVersion | undefined> {
  checkCall(options, {}, { path })
  const { repo, dvcFile } = await locate(path, options)
  if (!repo.git) return undefined
  const current = await readInWorkspace(repo, dvcFile)
  for (const revision of await repo.git.history(dvcFile)) {
    const found = await readAt(repo, dvcFile, revision)
    if (found && found.hash !== current?.hash) return found
  }
  return undefined
}

/**
 * The version of a path that `path@spec` means.
 *
 * @param spec a git revision or tag (`v1.0`, `HEAD~2`), or a hash (`md5:…`)
 * @throws DS_GIT_REVISION, DS_GIT_NO_REPO, DS_DVC_VERSION_UNKNOWN where the path has no version there, DS_DVC_REPO_MISSING
 * @example await versionAt('data/train.csv', 'v1.0', { cwd }) // { hash: 'md5:…', bytes: 2294215, revision: '9c1f…' }
 */
export async function versionAt(path: string, spec: string, options: VersionsOptions): Promise<RecordedVersion> {
  checkCall(options, {}, { path, 'version named': spec })
  if (spec.startsWith('md5:')) return { hash: `md5:${digitsOf(spec)}` }
  const { repo, dvcFile } = await locate(path, options)
  const revision = await needCommit(needGit(repo, 'revisions'), spec)
  const found = await readAt(repo, dvcFile, revision)
  if (found) return found
  // A file in a directory that is an output, or an output of a stage.
  const place = await pathInRepo(repo, resolve(options.cwd, path))
  const within = await recordOf(repo, await outputsOf(repo, { revision }), place)
  if (within?.hash.algorithm === 'md5') {
    const { hash, bytes } = within
    return { hash: `md5:${hash.digits}`, ...(bytes === undefined ? {} : { bytes }), revision }
  }
  throw failure('DS_DVC_VERSION_UNKNOWN', `${path} has no version at '${spec}': ${dvcFile} is not there`, {
    where: `${path}@${spec}`,
  })
}

interface Located {
  readonly repo: DvcRepo
  /** Relative to the root, POSIX. */
  readonly dvcFile: string
}

async function locate(path: string, { cwd, env, user }: VersionsOptions): Promise<Located> {
  const repo = await needRepo(cwd, env, user)
  const place = await pathInRepo(repo, resolve(cwd, path))
  const direct = dvcFileFor(place)
  if (await tracks(repo, direct, place)) return { repo, dvcFile: direct }
  const tracked = await outputsOf(repo)
  const file = tracked.find((out) => out.path === place && out.file.endsWith('.dvc'))?.file
  return { repo, dvcFile: file ?? direct }
}

async function tracks(repo: DvcRepo, dvcFile: string, place: string): Promise<boolean> {
  const text = await readTextFile(join(repo.root, dvcFile)).catch(() => undefined)
  if (text === undefined) return false
  return outputPath(repo.root, posix.dirname(dvcFile), outOf(text, dvcFile).path, dvcFile) === place
}

async function readInWorkspace(repo: DvcRepo, dvcFile: string): Promise<RecordedVersion | undefined> {
  const place = join(repo.root, dvcFile)
  try {
    return versionOf(await readTextFile(place), dvcFile)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw isDayshiftError(error) ? error : unreadable(place, error)
  }
}

/** What git's history holds is past mending: a file of another kind counts as no version. */
async function readAt(repo: DvcRepo, dvcFile: string, revision: string): Promise<RecordedVersion | undefined> {
  const text = await repo.git?.show(revision, dvcFile)
  if (text === undefined) return undefined
  try {
    const version = versionOf(text, `${revision.slice(0, 10)}:${dvcFile}`)
    return version && { ...version, revision }
  } catch (error) {
    if (isDayshiftError(error)) return undefined
    throw error
  }
}

function versionOf(text: string, where: string): RecordedVersion | undefined {
  const { md5, size } = outOf(text, where)
  return md5 === undefined ? undefined : { hash: `md5:${md5}`, ...(size === undefined ? {} : { bytes: size }) }
}

function outOf(text: string, where: string): OutEntry {
  const [out, ...others] = readDvcFile(text, where).outs ?? []
  if (out && others.length === 0) return out
  throw failure('DS_DVC_FILE_UNSUPPORTED', `${where} has ${others.length === 0 ? 'no' : 'several'} outs`, { where })
}
