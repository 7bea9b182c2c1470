import { failure } from '../codes.ts'
import type { DataHash } from '../cache/hash.ts'
import { hashAt } from '../cache/layout.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import type { Listed, Remote } from '../remotes/remote.ts'
import { withRetries, type RetryOptions } from './retry.ts'

/** An object of a remote that nothing refers to. */
export interface RemoteGarbage {
  readonly key: string
  readonly hash: DataHash
  readonly bytes: number
}

/** Keys that are removed with one question. */
const BULK = 1000

/**
 * Refuses a remote that cannot be listed, or from which nothing can be removed.
 *
 * @throws DS_REMOTE_UNSUPPORTED
 */
export function needCleaning(remote: Remote, name: string): void {
  if (remote.list && remote.remove) return
  const lack = remote.list ? 'removes nothing' : 'lists nothing'
  throw failure('DS_REMOTE_UNSUPPORTED', `the remote '${name}' (${remote.url}) cannot be cleaned: it ${lack}`, {
    where: name,
    hint: 'Clean what lies behind that server, a folder or a bucket, as a remote of its own; the cache alone is cleaned without --cloud.',
  })
}

/** What killed processes have left on a remote a day ago or earlier, where it can have such. */
export async function leftoversOf(remote: Remote, options: RetryOptions): Promise<readonly Listed[]> {
  const all: Listed[] = []
  for await (const page of remote.leftovers?.(options) ?? []) all.push(...page)
  return all
}

/** Lists the objects of a remote that nothing refers to. What lies there beside objects is nobody's garbage. */
export async function findGarbage(
  remote: Remote,
  isUsed: (hash: DataHash) => boolean,
  options: RetryOptions,
): Promise<{ readonly garbage: readonly RemoteGarbage[]; readonly kept: number }> {
  const garbage: RemoteGarbage[] = []
  let kept = 0
  const look = ({ key, bytes }: Listed): void => {
    const hash = hashAt(key)
    if (!hash) return
    if (isUsed(hash)) kept++
    else garbage.push({ key, hash, bytes })
  }
  // What came before a break would come twice.
  const found = await withRetries(remote.url, options, async () => {
    const all: Listed[] = []
    for await (const page of remote.list?.('', options) ?? []) all.push(...page)
    return all
  })
  found.forEach(look)
  return { garbage, kept }
}

/**
 * Removes objects from a remote, manifests first: what is left after a break is no directory that lacks files.
 *
 * @throws DS_REMOTE_DENIED, DS_REMOTE_FAILED, DS_ABORTED
 */
export async function removeGarbage(
  remote: Remote,
  garbage: readonly RemoteGarbage[],
  options: RetryOptions & { readonly onRemoved?: ((objects: number) => void) | undefined },
): Promise<void> {
  const isManifest = ({ hash }: RemoteGarbage): boolean => hash.digits.endsWith(DIR_SUFFIX)
  const manifests = garbage.filter(isManifest)
  const files = garbage.filter((one) => !isManifest(one))
  for (const part of [manifests, files]) {
    await removeKeys(
      remote,
      part.map(({ key }) => key),
      options,
    )
  }
}

/**
 * Removes what lies under some keys, in this order.
 *
 * @throws DS_REMOTE_DENIED, DS_REMOTE_FAILED, DS_ABORTED
 */
export async function removeKeys(
  remote: Remote,
  all: readonly string[],
  options: RetryOptions & { readonly onRemoved?: ((objects: number) => void) | undefined },
): Promise<void> {
  for (let at = 0; at < all.length; at += BULK) {
    const keys = all.slice(at, at + BULK)
    await withRetries(remote.url, options, async () => remote.remove?.(keys, options))
    options.onRemoved?.(keys.length)
  }
}
