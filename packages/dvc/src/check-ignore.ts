import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openIgnore } from './workspace/ignore.ts'
import { needRepo, type RepoOptions } from './repo.ts'
import { pathInRepo } from './workspace/survey.ts'
import { checkCall } from './call.ts'

/** What `.dvcignore` says of a path. */
export interface IgnoreCheck {
  /** As it was given. */
  readonly path: string
  readonly ignored: boolean
  /**
   * The pattern that decided, with file and line: `.dvcignore:1:*.tmp`. It may be one that keeps the path: `!keep.tmp`.
   * Absent where none matches.
   */
  readonly pattern?: string
}

/**
 * Says which patterns ignore paths, as `dvc check-ignore --details` does. The paths need not exist.
 *
 * @param paths relative to `cwd`, or absolute
 * @throws DS_DVC_IGNORE_PATTERN, DS_DVC_REPO_MISSING, DS_DVC_UNREADABLE
 * @example await checkIgnore(['a.tmp'], { cwd: '/r' }) // [{ path: 'a.tmp', ignored: true, pattern: '.dvcignore:1:*.tmp' }]
 */
export async function checkIgnore(
  paths: readonly string[],
  options: Pick<RepoOptions, 'cwd' | 'env' | 'user'>,
): Promise<IgnoreCheck[]> {
  checkCall(options, { paths })
  const { cwd, env, user } = options
  const repo = await needRepo(cwd, env, user)
  const ignore = openIgnore(repo.root)
  return Promise.all(
    paths.map(async (path) => {
      const absolute = resolve(cwd, path)
      const place = await pathInRepo(repo, absolute).catch(() => undefined)
      if (place === undefined) return { path, ignored: false }
      const isDirectory = await stat(join(repo.root, place)).then(
        (found) => found.isDirectory(),
        () => false,
      )
      const { ignored, mark } = await ignore.check(place, isDirectory)
      return { path, ignored, ...(mark === undefined ? {} : { pattern: mark }) }
    }),
  )
}
