import { checkout, type CheckoutOptions, type CheckoutResult } from './checkout.ts'
import { fetch, type FetchResult } from './fetch.ts'
import type { TransferOptions } from './transfer/session.ts'

/** How data is brought into the workspace. */
export interface PullOptions extends TransferOptions, Pick<CheckoutOptions, 'force' | 'onProgress'> {}

/** What a pull has done. */
export interface PullResult extends FetchResult {
  /** What it has changed in the workspace; absent where that was not wanted: `dryRun`. */
  readonly checkout?: CheckoutResult
}

/**
 * Brings data from remotes into the cache and the workspace, as `dvc pull` does: {@link fetch}, then {@link checkout}. What
 * could be brought is brought, also where something is missing.
 *
 * @param targets as {@link fetch} takes them
 * @throws as {@link fetch} and {@link checkout}
 * @example (await pull([], { cwd: process.cwd() })).checkout?.added // ['data/']
 */
export async function pull(targets: readonly string[], options: PullOptions): Promise<PullResult> {
  const fetched = await fetch(targets, options)
  if (options.dryRun) return fetched
  const { cwd, env, user, signal, lockTimeout, onWait, recursive, glob, withDeps, force, onProgress } = options
  const place = { cwd, env, user, signal, lockTimeout, onWait }
  const done = await checkout(targets, { ...place, recursive, glob, withDeps, force, onProgress })
  return { ...fetched, checkout: done }
}
