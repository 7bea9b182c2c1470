import { failure } from '../codes.ts'
import type { DvcRepo } from '../repo.ts'
import type { Git } from './git.ts'

/** What to do where DVC works without git. */
export const WITH_GIT = 'Run `git init` where there is none yet, then `dayshift dvc config core.no_scm false`.'

/**
 * Git at the root of a repository.
 *
 * @param what is asked of it, for the error
 * @throws DS_GIT_NO_REPO where DVC works without
 */
export function needGit({ root, git }: Pick<DvcRepo, 'root' | 'git'>, what: string): Git {
  if (git) return git
  throw failure('DS_GIT_NO_REPO', `${root} works without git: it has no ${what}`, { where: root, hint: WITH_GIT })
}

/**
 * The commit that a revision or tag names.
 *
 * @throws DS_GIT_REVISION
 */
export async function needCommit(git: Git, revision: string): Promise<string> {
  const commit = await git.resolve(revision)
  if (commit !== undefined) return commit
  throw failure('DS_GIT_REVISION', `git knows no revision '${revision}'`, { where: revision })
}
