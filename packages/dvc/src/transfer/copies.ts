import { isDayshiftError, messageOf, type Finding } from '@dayshift/core/ground'
import type { DataHash } from '../cache/hash.ts'
import { objectPlace } from '../cache/layout.ts'
import type { DvcRepo } from '../repo.ts'
import { presenceOf } from './presence.ts'
import { needObjects, type RemoteSession, type TransferOptions } from './session.ts'

/** Who has a copy of some objects. */
export interface Copies {
  /** By the object's place in the tree of objects: the remotes that have it. */
  readonly remotes: ReadonlyMap<string, readonly string[]>
  /** Remotes that could not be asked. */
  readonly findings: readonly Finding[]
}

/**
 * Finds out which remotes have copies of objects. One that cannot be asked counts as one that has none.
 *
 * @param names the remotes
 * @throws DS_ABORTED
 */
export async function copiesOf(
  session: RemoteSession,
  names: readonly string[],
  hashes: readonly DataHash[],
  options: Pick<TransferOptions, 'signal' | 'onRetry' | 'attempts' | 'pause'>,
): Promise<Copies> {
  const remotes = new Map<string, string[]>()
  const findings: Finding[] = []
  const keys = [...new Set(hashes.map(objectPlace))]
  for (const name of names) {
    try {
      needObjects(session, name, 'a search')
      const remote = await session.open(name)
      const jobs = session.jobs(name) ?? remote.jobs
      for (const key of (await presenceOf(remote, keys, { ...options, jobs })).keys()) {
        const others = remotes.get(key)
        if (others) others.push(name)
        else remotes.set(key, [name])
      }
    } catch (error) {
      if (!isDayshiftError(error) || error.code === 'DS_ABORTED') throw error
      findings.push({
        severity: 'warn',
        code: 'remote.unasked',
        message: `nobody knows what the remote '${name}' has: ${messageOf(error)}`,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      })
    }
  }
  return { remotes, findings }
}

/** The remotes that a repository's config names. */
export function remoteNames({ config }: DvcRepo): string[] {
  return Object.keys(config.remotes ?? {})
}
