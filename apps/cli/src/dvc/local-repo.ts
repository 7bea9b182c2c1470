import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { isAddress } from '@dayshift/core/ground'
import { failure } from '../codes.ts'

/**
 * The repository and the path in it that two words name, as `dvc list` takes them.
 *
 * @throws DS_USAGE for an address, or what is no folder
 */
export function localRepo(
  words: readonly string[],
  cwd: string,
): { readonly cwd: string; readonly path: string | undefined } {
  const [place, path, third] = words
  if (third !== undefined) throw failure('DS_USAGE', `'${third}' is too much: a repository and a path are taken`)
  if (place === undefined) return { cwd, path }
  const folder = resolve(cwd, place)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return { cwd: folder, path }
  const isRemote = isAddress(place) || /^[\w.-]+@[\w.-]+:/.test(place)
  throw failure('DS_USAGE', `${place} is ${isRemote ? 'an address' : 'not a folder'}: the first word is a repository`, {
    hint: isRemote
      ? 'Addresses come with remotes; clone it with git first.'
      : 'Name a folder, then a path in it: . data.',
  })
}
