import { openRemote, remoteNamed, type NamedRemote } from '../remotes/open.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo, RepoOptions } from '../repo.ts'
import { executePush } from '../transfer/execute.ts'
import { planPush } from '../transfer/plan-push.ts'
import type { RetryOptions } from '../transfer/retry.ts'
import { needPut } from '../transfer/session.ts'
import { failure } from '../codes.ts'
import type { KeptData } from './place.ts'
import type { ImportPlace } from './record.ts'

/** How data gets to a remote. */
export interface StoreOptions extends Pick<RepoOptions, 'env'>, Omit<RetryOptions, 'progress'> {
  /** The remote's name; the default one's otherwise. */
  readonly remote?: string | undefined
  readonly jobs?: number | undefined
  readonly open?: ((remote: NamedRemote) => Promise<Remote>) | undefined
}

/**
 * Sends data that a cache has to a remote, all of it.
 *
 * @throws DS_REMOTE_UNKNOWN, DS_REMOTE_UNSUPPORTED, DS_REMOTE_PACKAGE, DS_REMOTE_DENIED, DS_REMOTE_FAILED, DS_ABORTED
 */
export async function storeOnRemote(
  cache: DvcRepo,
  { path, file }: ImportPlace,
  { md5, size }: KeptData,
  options: StoreOptions,
): Promise<void> {
  const named = remoteNamed(cache.config, options.remote)
  const remote = await (options.open?.(named) ?? openRemote(named, { env: options.env }))
  try {
    needPut(remote, named.name)
    const hash = { algorithm: 'md5' as const, digits: md5 }
    const flags = { cache: true, persist: false, push: true, frozen: true, isImport: true }
    const wanted = [
      { hash, path, bytes: size, isCurrent: false, selection: { output: { path, file, hash, ...flags } } },
    ]
    const how = { ...options, jobs: options.jobs ?? remote.jobs }
    const plan = await planPush(cache, named.name, remote, wanted, how)
    const { failed } = await executePush(cache, plan, remote, how)
    const [first] = failed
    if (first) {
      throw failure('DS_REMOTE_FAILED', `${first.path}: ${first.error.message}`, { where: named.name })
    }
  } finally {
    await remote.close?.()
  }
}
