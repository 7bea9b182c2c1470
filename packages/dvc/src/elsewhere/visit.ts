import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DataHash } from '../cache/hash.ts'
import type { TreeEntry } from '../formats/tree.ts'
import type { TreeOptions } from '../history/repo-tree.ts'
import type { RepoOptions } from '../repo.ts'
import { unwritable } from '../write.ts'
import type { RemoteChoice } from './overlay.ts'
import { openSource, type SourcePlace, type SourceRequest } from './source.ts'
import { openSupply, type SupplyOptions } from './supply.ts'

/** How another repository is looked at. */
export interface VisitOptions extends Pick<RepoOptions, 'env' | 'user' | 'signal'>, Pick<SupplyOptions, 'open'> {}

/** Another repository than the one at hand. */
export interface ElsewhereOptions extends RemoteChoice, Pick<VisitOptions, 'open'> {
  /** A folder or an address of git's; the repository that `cwd` lies in by default. */
  readonly url?: string | undefined
  /** A git revision or tag. */
  readonly revision?: string | undefined
}

/** What is asked of another repository, to look at it as it is. */
export function visitOf(url: string, options: ElsewhereOptions & { readonly cwd: string }): SourceRequest {
  const { revision, remote, config, cwd } = options
  return { url, revision, remote, config, asItIs: true, folders: [cwd] }
}

/**
 * Looks at another repository without getting anything of it but manifests. What has to be kept meanwhile lies in the
 * system's folder for such, and goes.
 *
 * @param path what is looked at there
 * @param work gets the repository, and how its tree is opened
 * @throws as {@link openSource}, and what the work throws
 */
export async function visitSource<Result>(
  request: SourceRequest,
  path: string,
  options: VisitOptions,
  work: (place: SourcePlace, looking: Pick<TreeOptions, 'revision' | 'manifest'>) => Promise<Result>,
): Promise<Result> {
  const { env, user, signal } = options
  const scratch = await mkdtemp(join(tmpdir(), 'dayshift-dvc-')).catch((error: unknown) =>
    Promise.reject(unwritable(tmpdir(), error)),
  )
  try {
    const source = await openSource(request, { scratch, cacheDir: join(scratch, 'cache'), env, user, signal })
    const place = await source.at(path)
    const supply = openSupply(place, source.url, options)
    try {
      let lost: unknown
      const manifest = (hash: DataHash): Promise<readonly TreeEntry[]> =>
        supply.manifest(hash, undefined).catch((error: unknown) => {
          lost ??= error
          throw error
        })
      const result = await work(place, { revision: place.revision, manifest })
      // Trees pass over directories that nobody can look into; here that would look as if they were empty.
      if (lost !== undefined) throw lost
      return result
    } finally {
      await supply.close()
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
