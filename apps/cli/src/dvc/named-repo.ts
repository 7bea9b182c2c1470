import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { findRoot } from '@dayshift/dvc'
import { failure } from '../codes.ts'

/** A repository and a path in it. */
interface NamedRepo {
  readonly cwd: string
  /** Another repository than the one that `cwd` lies in. */
  readonly url?: string
  /** From `cwd`, or from the root where there is a `url`. */
  readonly path: string | undefined
}

/**
 * The repository and the path in it that two words name, as `dvc list` takes them: a folder, or an address of git's.
 *
 * @throws DS_USAGE
 */
export async function namedRepo(words: readonly string[], cwd: string): Promise<NamedRepo> {
  const [place, path, third] = words
  if (third !== undefined) throw failure('DS_USAGE', `'${third}' is too much: a repository and a path are taken`)
  if (place === undefined) return { cwd, path }
  const folder = resolve(cwd, place)
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false
  return isFolder && (await findRoot(folder)) !== undefined ? { cwd: folder, path } : { cwd, url: place, path }
}
