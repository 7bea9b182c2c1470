import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isDayshiftError, systemCode } from '@dayshift/core/ground'
import { checkFolder } from './call.ts'
import { failure } from './codes.ts'
import { configFiles, readConfig, type ConfigFiles, type DvcConfig } from './config.ts'
import { gitRoot, openGit, type Environment, type Git } from './git/git.ts'
import type { LockWait } from './lock/repo-lock.ts'
import { IGNORE_FILE } from './workspace/ignore.ts'
import { exists } from './workspace/walk.ts'
import { syncFolder, temporaryName, unwritable } from './write.ts'

/** A DVC repository on disk. */
export interface DvcRepo {
  /** The folder that holds `.dvc`, without links. */
  readonly root: string
  readonly dvcDir: string
  readonly config: DvcConfig
  /** Where each level of its config stands. */
  readonly configFiles: ConfigFiles
  /** Git at the root; absent where DVC works without. */
  readonly git?: Git
}

/** The user's and the system's own config files. */
export type UserConfig = Pick<ConfigFiles, 'system' | 'global'>

/** What every verb works with. */
export interface RepoOptions {
  /** What relative paths are taken from; the repository is looked for from here upwards. */
  readonly cwd: string
  /** The variables that git gets; those of this process by default. */
  readonly env?: Environment | undefined
  /** The user's and the system's own config files: `userConfigFiles`; none by default. */
  readonly user?: UserConfig | undefined
  readonly signal?: AbortSignal | undefined
  /** Seconds to wait for another process that is at work in the repository; 60 by default. */
  readonly lockTimeout?: number | undefined
  /** Called once when such a wait has gone on for a second. */
  readonly onWait?: ((wait: LockWait) => void) | undefined
}

/** What `dvc init` puts under git. */
export const INIT_FILES: readonly string[] = ['.dvc/.gitignore', '.dvc/config', IGNORE_FILE]

/** `.dvc/.gitignore`. */
export const PRIVATE_TEXT = '/config.local\n/tmp\n/cache\n'

/** `.dvc/config` of a new repository. */
export function newConfig(noScm: boolean): string {
  return noScm ? '[core]\n    no_scm = True\n' : ''
}

/** `.dvcignore` of a new repository. */
export const IGNORE_TEXT = `# Add patterns of files dvc should ignore, which could improve
# the performance. Learn more at
# https://dvc.org/doc/user-guide/dvcignore
`

/**
 * Finds the DVC repository that a folder lies in.
 *
 * @param env the variables that git gets; those of this process by default
 * @param user the user's and the system's own config files: `userConfigFiles`; none by default
 * @returns `undefined` where there is none
 * @throws DS_GIT_NO_REPO where the repository needs git and has none, DS_DVC_CONFIG
 */
export async function findRepo(folder: string, env?: Environment, user?: UserConfig): Promise<DvcRepo | undefined> {
  const root = await findRoot(folder)
  return root === undefined ? undefined : openRepo(root, env, user)
}

/**
 * Finds the root of the DVC repository that a folder lies in: neither its config nor git is looked at.
 *
 * @returns without links; `undefined` where there is none
 * @example await findRoot('/srv/airports/data') // '/srv/airports'
 */
export async function findRoot(folder: string): Promise<string | undefined> {
  checkFolder(folder)
  const start = await realpath(folder).catch(() => undefined)
  if (start === undefined) return undefined
  for (let root = start; ; root = dirname(root)) {
    if (await isDirectory(join(root, '.dvc'))) return root
    if (root === dirname(root)) return undefined
  }
}

/**
 * Finds the DVC repository that a folder lies in, or throws.
 *
 * @throws DS_DVC_REPO_MISSING and as {@link findRepo}
 */
export async function needRepo(folder: string, env?: Environment, user?: UserConfig): Promise<DvcRepo> {
  return openRepo(await needRoot(folder), env, user)
}

/**
 * Finds the root of the DVC repository that a folder lies in, as {@link findRoot} does, or throws.
 *
 * @throws DS_DVC_REPO_MISSING
 */
export async function needRoot(folder: string): Promise<string> {
  const root = await findRoot(folder)
  if (root !== undefined) return root
  throw failure('DS_DVC_REPO_MISSING', `${folder} is in no DVC repository`, { where: folder })
}

async function openRepo(root: string, env: Environment | undefined, user?: UserConfig): Promise<DvcRepo> {
  const dvcDir = join(root, '.dvc')
  const files = configFiles(dvcDir, user)
  const config = await readConfig(dvcDir, files)
  if (config.noScm) return { root, dvcDir, config, configFiles: files }
  if ((await gitRoot(root, env)) === undefined) throw noGit(root)
  return { root, dvcDir, config, configFiles: files, git: openGit(root, env) }
}

/**
 * The repository that {@link initRepo} would make for a folder: at the root of its git repository, or in the folder
 * itself without git. Nothing is written.
 *
 * @throws DS_GIT_NO_REPO, DS_GIT_MISSING
 */
export async function repoToBe(folder: string, noScm: boolean, env?: Environment): Promise<DvcRepo> {
  const top = noScm ? folder : await gitRoot(folder, env)
  if (top === undefined) throw noGit(folder)
  const root = await realpath(top)
  const dvcDir = join(root, '.dvc')
  const config = { cacheDir: join(dvcDir, 'cache'), noScm, autostage: false }
  return { root, dvcDir, config, configFiles: configFiles(dvcDir), ...(noScm ? {} : { git: openGit(root, env) }) }
}

/**
 * Makes a DVC repository: the files that `dvc init` writes, byte for byte, staged in git as DVC does. The `.dvc` folder
 * appears whole or not at all; an existing `.dvcignore` is kept.
 *
 * @param root the repository's folder
 * @param noScm whether DVC shall work without git here
 * @param user as {@link findRepo} takes it
 * @throws DS_DVC_EXISTS where there is a `.dvc` already, DS_DVC_WRITE, DS_GIT_FAILED
 */
export async function initRepo(root: string, noScm = false, env?: Environment, user?: UserConfig): Promise<DvcRepo> {
  const dvcDir = join(root, '.dvc')
  if (await exists(dvcDir)) throw existsAlready(dvcDir)
  const draft = join(root, temporaryName('dvc'))
  try {
    await mkdir(join(draft, 'tmp'), { recursive: true })
    await writeFile(join(draft, 'tmp', 'btime'), '')
    await writeFile(join(draft, 'config'), newConfig(noScm), { flush: true })
    if (!noScm) await writeFile(join(draft, '.gitignore'), PRIVATE_TEXT, { flush: true })
    if (!(await exists(join(root, IGNORE_FILE)))) {
      await writeFile(join(root, IGNORE_FILE), IGNORE_TEXT, { flag: 'wx', flush: true }).catch(unlessThere)
    }
    await syncFolder(draft)
    await rename(draft, dvcDir)
    await syncFolder(root)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Another process made it meanwhile.
    if (['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw existsAlready(dvcDir)
    throw unwritable(dvcDir, error)
  }
  const repo = await openRepo(root, env, user)
  await repo.git?.add(INIT_FILES)
  return repo
}

/** A repository that exists, or is made now: another process may be at it at the same time. */
export async function openOrInitRepo(
  root: string,
  noScm = false,
  env?: Environment,
  user?: UserConfig,
): Promise<{ readonly repo: DvcRepo; readonly isNew: boolean }> {
  try {
    return { repo: await initRepo(root, noScm, env, user), isNew: true }
  } catch (error) {
    if (!isDayshiftError(error) || error.code !== 'DS_DVC_EXISTS') throw error
    return { repo: await openRepo(root, env, user), isNew: false }
  }
}

function existsAlready(dvcDir: string): Error {
  return failure('DS_DVC_EXISTS', `${dvcDir} exists already`, { where: dvcDir })
}

function unlessThere(error: unknown): void {
  if (systemCode(error) !== 'EEXIST') throw error
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function noGit(folder: string): Error {
  return failure('DS_GIT_NO_REPO', `${folder} is in no git repository`, { where: folder })
}
