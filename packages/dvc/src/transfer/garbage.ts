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
 * Lists the objects of a remote that nothing refers to. What lies there beside objects is nobody's garbage.
 *
 * @throws DS_REMOTE_UNSUPPORTED where the remote cannot be listed or nothing can be removed from it
 */
export async function findGarbage(
  remote: Remote,
  name: string,
  isUsed: (hash: DataHash) => boolean,
  options: RetryOptions,
): Promise<{ readonly garbage: readonly RemoteGarbage[]; readonly kept: number }> {
  const list = remote.list?.bind(remote)
  if (!list || !remote.remove) {
    throw failure('DS_REMOTE_UNSUPPORTED', `the remote '${name}' (${remote.url}) cannot be cleaned: it lists nothing`, {
      where: name,
    })
  }
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
    for await (const page of list('', options)) all.push(...page)
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
    for (let at = 0; at < part.length; at += BULK) {
      const keys = part.slice(at, at + BULK).map(({ key }) => key)
      await withRetries(remote.url, options, async () => remote.remove?.(keys, options))
      options.onRemoved?.(keys.length)
    }
  }
}
