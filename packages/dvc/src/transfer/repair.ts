import { isDayshiftError, messageOf, type Finding } from '@dayshift/core/ground'
import type { DataHash } from '../cache/hash.ts'
import { openLanding } from '../cache/landing.ts'
import { objectPlace } from '../cache/layout.ts'
import { cachePlaceOf, objectPathIn } from '../cache/objects.ts'
import { keepAside } from '../cache/trash.ts'
import type { DvcRepo } from '../repo.ts'
import { remoteNames } from './copies.ts'
import { receive, type ReceiveOptions } from './receive.ts'
import type { RemoteSession } from './session.ts'

/** How objects are repaired. */
interface RepairOptions extends ReceiveOptions {
  /** The remotes that are asked; all that the config names by default, the default one first. */
  readonly remotes?: readonly string[] | undefined
  readonly onFinding?: ((finding: Finding) => void) | undefined
}

/**
 * Gets broken and missing objects of the cache again, from the first remote that has them as they should be. What they held lies in the
 * trash then.
 *
 * @returns whether an object was repaired; one that was not stays as it is
 * @throws by what it returns: DS_DVC_WRITE, DS_ABORTED
 */
export function openRepair(
  repo: DvcRepo,
  session: RemoteSession,
  { remotes, onFinding, ...options }: RepairOptions,
): (hash: DataHash) => Promise<boolean> {
  const main = repo.config.remote
  const names = remotes ?? remoteNames(repo).toSorted((a, b) => Number(b === main) - Number(a === main))
  const useless = new Set<string>()
  return async (hash) => {
    for (const name of names) {
      if (useless.has(name)) continue
      const landing = openLanding(cachePlaceOf(repo.config))
      try {
        const remote = await session.open(name)
        if ((await receive(remote, objectPlace(hash), hash, landing, options)) === undefined) continue
        // A link of the workspace may lead to it, with an edit that is nowhere else.
        keepAside(repo, objectPathIn(repo.config.cacheDir, hash.digits, hash.algorithm), new Date())
        await landing.settle()
        return true
      } catch (error) {
        if (!isDayshiftError(error) || ['DS_ABORTED', 'DS_DVC_WRITE'].includes(error.code)) throw error
        if (error.code !== 'DS_DVC_OBJECT_CORRUPT') useless.add(name)
        onFinding?.({ severity: 'warn', code: 'remote.useless', message: `${name}: ${messageOf(error)}` })
      } finally {
        landing.discard()
      }
    }
    return false
  }
}
