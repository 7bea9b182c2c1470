import { join } from 'node:path'
import { openState } from './cache/state.ts'
import { checkCall } from './call.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { needRepo } from './repo.ts'
import { checkRemote, type RemoteCheck, type RemoteCheckOptions } from './transfer/check-remote.ts'
import { openReach, type UnreachedRemote } from './transfer/reach.ts'
import { needObjects, remotesAsked, withRemotes, type TransferOptions } from './transfer/session.ts'

/** What a check of remotes has found. */
export interface RemoteFsckResult {
  readonly remotes: readonly RemoteCheck[]
  /** Remotes that could not be asked, where others could. */
  readonly unreached: readonly UnreachedRemote[]
  /** Whether all remotes are whole now: each object is what its name says, and no directory lacks files. */
  readonly isWhole: boolean
}

/** How remotes are checked. */
export interface RemoteFsckOptions
  extends
    Omit<RemoteCheckOptions, 'state' | 'jobs'>,
    Pick<TransferOptions, 'cwd' | 'env' | 'user' | 'lockTimeout' | 'onWait' | 'remotes' | 'jobs' | 'open'> {}

/**
 * Holds the objects of remotes against their names, and the directories that they have against the files that these list:
 * everybody takes a directory’s manifest for proof of its files. What is read is hashed as it comes, and kept nowhere. Sizes
 * are compared first: what the cache has right tells how large an object is.
 *
 * @throws DS_REMOTE_UNKNOWN, DS_REMOTE_UNSUPPORTED where a remote cannot be listed, DS_REMOTE_PACKAGE, DS_REMOTE_DENIED,
 *   DS_REMOTE_FAILED, DS_LOCKED, DS_ABORTED
 * @example (await remoteFsck({ cwd: process.cwd(), repair: true })).isWhole // true
 */
export async function remoteFsck(options: RemoteFsckOptions): Promise<RemoteFsckResult> {
  checkCall(options, { remotes: options?.remotes ?? [] })
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, onWait, signal } = options
  return withRepoLock(repo, { timeout, signal, onWait, reading: true }, () =>
    withRemotes(repo, options, async (session) => {
      const reach = openReach()
      const remotes: RemoteCheck[] = []
      const state = openState(join(repo.dvcDir, 'tmp'))
      for (const name of remotesAsked(repo, options.remotes)) {
        const check = await reach.ask(name, async () => {
          needObjects(session, name, 'a check')
          const remote = await session.open(name)
          return checkRemote(repo, name, remote, { ...options, state, jobs: session.jobs(name) ?? remote.jobs })
        })
        if (check) remotes.push(check)
      }
      await state.save()
      reach.needOne()
      const unreached = reach.unreached()
      return { remotes, unreached, isWhole: unreached.length === 0 && remotes.every(isWhole) }
    }),
  )
}

function isWhole({ broken, missing, failed }: RemoteCheck): boolean {
  return failed.length === 0 && [...broken, ...missing].every(({ repaired }) => repaired)
}
