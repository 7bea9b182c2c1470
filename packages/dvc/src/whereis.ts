import type { Finding } from '@dayshift/core/ground'
import type { DataHash } from './cache/hash.ts'
import { objectPlace } from './cache/layout.ts'
import { needRepo } from './repo.ts'
import { copiesOf, remoteNames } from './transfer/copies.ts'
import { withRemotes, type TransferOptions } from './transfer/session.ts'
import { versions, type PathVersion } from './versions.ts'

/** A version of a path, and where it lies. */
export interface VersionPlace extends PathVersion {
  /** The remotes that have it. Of a directory: that have its manifest, which is proof of its files. */
  readonly remotes: readonly string[]
}

/** Where the versions of a path lie. */
export interface Whereabouts {
  /** Newest first. */
  readonly versions: readonly VersionPlace[]
  /** The remotes that were asked. */
  readonly remotes: readonly string[]
  /** Remotes that could not be asked. */
  readonly findings: readonly Finding[]
}

/** How versions are looked for. */
export interface WhereisOptions extends Pick<
  TransferOptions,
  'cwd' | 'env' | 'user' | 'signal' | 'jobs' | 'open' | 'onRetry'
> {
  /** The remotes that are asked; all that the config names by default. */
  readonly remotes?: readonly string[] | undefined
}

/**
 * Says where each version of a path lies: in the cache, and in which remotes. Nothing is transferred.
 *
 * @throws DS_DVC_VERSION_UNKNOWN where the path never was tracked, DS_REMOTE_UNKNOWN, DS_DVC_PATH_OUTSIDE, DS_ABORTED
 * @example (await whereis('data/train.csv', { cwd })).versions[0]?.remotes // ['store']
 */
export async function whereis(path: string, options: WhereisOptions): Promise<Whereabouts> {
  const { cwd, env, user, signal } = options
  const found = await versions(path, { cwd, env, user, signal })
  const repo = await needRepo(cwd, env, user)
  const names = options.remotes ?? remoteNames(repo)
  return withRemotes(repo, options, async (session) => {
    for (const name of names) session.jobs(name)
    const { remotes, findings } = await copiesOf(session, names, found.map(hashOf), options)
    return {
      versions: found.map((one) => ({ ...one, remotes: remotes.get(objectPlace(hashOf(one))) ?? [] })),
      remotes: names,
      findings,
    }
  })
}

function hashOf({ hash, algorithm }: PathVersion): DataHash {
  return { algorithm, digits: hash.slice(hash.indexOf(':') + 1) }
}
