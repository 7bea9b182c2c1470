import { posix } from 'node:path'
import { withoutSecrets } from '@dayshift/core/ground'
import { objectPlace } from './cache/layout.ts'
import { checkFolder } from './call.ts'
import { failure } from './codes.ts'
import { visitOf, visitSource, type ElsewhereOptions } from './elsewhere/visit.ts'
import { DIR_SUFFIX } from './formats/tree.ts'
import { outputsOf } from './outputs.ts'
import { remoteNamed } from './remotes/open.ts'
import type { RepoOptions } from './repo.ts'
import { isWithin } from './within.ts'

/**
 * Says where the data of another repository is stored: in its remote, or in its cache where it has none. As DVC it does not
 * look whether it is there.
 *
 * @param url a folder, or an address of git's
 * @param path data that DVC tracks there, or a part of it
 * @returns without secrets
 * @throws DS_DVC_VERSION_UNKNOWN for what DVC does not track there, DS_REMOTE_UNKNOWN, DS_GIT_ADDRESS, DS_GIT_REMOTE,
 *   DS_GIT_REVISION
 * @example await locate('../airports', 'data/a.csv', { cwd: process.cwd() }) // 's3://lake/airports/files/md5/d4/1d8cd9…'
 */
export async function locate(
  url: string,
  path: string,
  options: ElsewhereOptions & Pick<RepoOptions, 'cwd' | 'env' | 'user' | 'signal'>,
): Promise<string> {
  checkFolder(options?.cwd)
  return visitSource(visitOf(url, options), path, options, async (place, { manifest }) => {
    const { repo, revision, ownCache } = place
    const output = (await outputsOf(repo, { revision })).find((one) => one.cache && isWithin(place.path, one.path))
    const { hash, remote } = output ?? {}
    if (!output || !hash) throw notTracked(path, url)
    const part = posix.relative(output.path, place.path)
    const isInside = part !== '' && hash.digits.endsWith(DIR_SUFFIX)
    const entry = isInside ? (await manifest?.(hash))?.find(({ relpath }) => relpath === part) : undefined
    if (part !== '' && !entry) throw notTracked(path, url)
    const object = entry ? { ...hash, digits: entry.md5 } : hash
    const isRemote = remote !== undefined || repo.config.remote !== undefined || ownCache === undefined
    const top = isRemote ? (remoteNamed(repo.config, remote).settings['url'] ?? '') : ownCache
    return `${withoutSecrets(top).replace(/\/+$/, '')}/${objectPlace(object)}`
  })
}

function notTracked(path: string, url: string): Error {
  return failure('DS_DVC_VERSION_UNKNOWN', `'${path}' is nothing that DVC stores for ${withoutSecrets(url)}`, {
    where: path,
  })
}
