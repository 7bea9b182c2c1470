import { realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { failure } from './codes.ts'
import { gitRoot, openGit } from './git/git.ts'
import { IGNORE_FILE } from './workspace/ignore.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { IGNORE_TEXT, INIT_FILES, initRepo, newConfig, PRIVATE_TEXT, type RepoOptions } from './repo.ts'
import { exists } from './workspace/walk.ts'
import { writeAtomically } from './write.ts'
import { checkCall } from './call.ts'

/** How a repository is made. */
export interface InitOptions extends RepoOptions {
  /** Whether DVC shall work without git here; false by default (`--no-scm`). */
  readonly noScm?: boolean | undefined
  /** Whether the folder may lie below the root of its git repository; false by default (`--subdir`). */
  readonly subdir?: boolean | undefined
  /** Whether the settings of a repository that is there begin anew; false by default (`--force`). Its cache stays. */
  readonly force?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** The repository that was made. */
export interface InitResult {
  readonly root: string
  /** What was written, relative to the root, POSIX. */
  readonly files: readonly string[]
  /** Whether the files are staged in git. */
  readonly staged: boolean
}

/**
 * Makes a DVC repository of a folder, as `dvc init` does: the same files, staged in git.
 *
 * Unlike DVC's, `force` keeps the cache: what it holds may be all that is left of some version.
 *
 * @throws DS_GIT_NO_REPO where the folder is not the root of a git repository, DS_DVC_EXISTS, DS_DVC_FILE_IGNORED,
 *   DS_DVC_WRITE, DS_GIT_FAILED, DS_GIT_MISSING
 * @example await init({ cwd: '/srv/airports' }) // { root: '/srv/airports', files: ['.dvc/.gitignore', …], staged: true }
 */
export async function init(options: InitOptions): Promise<InitResult> {
  checkCall(options)
  const { cwd, noScm = false, env } = options
  const root = await realpath(cwd)
  if (!noScm) await refuseGit(root, options)
  const files = noScm ? INIT_FILES.filter((file) => !file.endsWith('.gitignore')) : INIT_FILES
  const dvcDir = join(root, '.dvc')
  const isThere = await exists(dvcDir)
  if (isThere && !options.force) {
    throw failure('DS_DVC_EXISTS', `${dvcDir} exists already`, {
      where: dvcDir,
      hint: 'With --force (in code force) its settings begin anew; the cache stays.',
    })
  }
  const result = { root, files, staged: !noScm && !options.dryRun }
  if (options.dryRun) return result
  if (isThere) await resetRepo(root, noScm, options)
  else await initRepo(root, noScm, env, options.user)
  return result
}

async function refuseGit(root: string, { subdir = false, env }: InitOptions): Promise<void> {
  const top = await gitRoot(root, env)
  if (top === undefined) throw failure('DS_GIT_NO_REPO', `${root} is in no git repository`, { where: root })
  if ((await realpath(top)) !== root && !subdir) {
    throw failure('DS_GIT_NO_REPO', `${root} lies within a git repository, but is not its root`, {
      where: root,
      hint: `Run it in ${top}; for a repository of this folder alone give --subdir (in code subdir).`,
    })
  }
  if (await openGit(root, env).isIgnored('.dvc')) {
    throw failure('DS_DVC_FILE_IGNORED', `git ignores ${join(root, '.dvc')}`, { where: join(root, '.dvc') })
  }
}

async function resetRepo(
  root: string,
  noScm: boolean,
  { env, signal, lockTimeout: timeout, onWait }: InitOptions,
): Promise<void> {
  const dvcDir = join(root, '.dvc')
  await withRepoLock({ dvcDir }, { timeout, signal, onWait }, async () => {
    await writeAtomically(join(dvcDir, 'config'), newConfig(noScm))
    await rm(join(dvcDir, 'config.local'), { force: true })
    if (noScm) await rm(join(dvcDir, '.gitignore'), { force: true })
    else await writeAtomically(join(dvcDir, '.gitignore'), PRIVATE_TEXT)
    if (!(await exists(join(root, IGNORE_FILE)))) await writeAtomically(join(root, IGNORE_FILE), IGNORE_TEXT)
    if (!noScm) await openGit(root, env).add(INIT_FILES)
  })
}
