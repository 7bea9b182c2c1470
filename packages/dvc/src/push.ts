import { checkCall } from './call.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { needRepo, type DvcRepo } from './repo.ts'
import { executePush, NOTHING, type Transfer } from './transfer/execute.ts'
import { planPush } from './transfer/plan-push.ts'
import { openReach, type UnreachedRemote } from './transfer/reach.ts'
import { pushRuns } from './transfer/run-cache.ts'
import { NO_RUNS, runRoutes } from './transfer/run-routes.ts'
import { needPut, routesOf, withRemotes, type RemoteSession, type TransferOptions } from './transfer/session.ts'
import { pushVersions } from './transfer/push-versions.ts'
import { wantedData, type WantedData } from './transfer/wanted.ts'

/** What a push has done: a transfer for each remote. */
export interface PushResult {
  readonly transfers: readonly Transfer[]
  /** Records of runs that were sent, where that was asked for. */
  readonly runs: number
  /** Remotes that could not be asked, or took nothing any more: others have got what was meant for them all the same. */
  readonly unreached: readonly UnreachedRemote[]
  /** Whether all that was asked for is on the remotes now. */
  readonly isComplete: boolean
  /** The repository's folder. */
  readonly root: string
}

/**
 * Sends the data of the cache to remotes, as `dvc push` does: files first, then the manifests of directories. One object
 * that fails stops no other, and neither does a remote that cannot be reached; where none can, that is an error. Data of `push: false` stays here, imports from other repositories are theirs.
 *
 * @param targets tracked paths, paths within tracked directories, `.dvc` files, stages; everything where there are none
 * @throws DS_REMOTE_UNKNOWN, DS_REMOTE_UNSUPPORTED, DS_REMOTE_PACKAGE, DS_REMOTE_DENIED, DS_REMOTE_FAILED, DS_DVC_TARGET,
 *   DS_LOCKED, DS_ABORTED; what was sent by then stays
 * @example (await push([], { cwd: process.cwd() })).transfers[0]?.done.length // 3
 */
export async function push(targets: readonly string[], options: TransferOptions): Promise<PushResult> {
  checkCall(options, { targets, remotes: options?.remotes ?? [] })
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, onWait, signal } = options
  return withRepoLock(repo, { timeout, signal, onWait, reading: true }, () =>
    withRemotes(repo, options, async (session) => {
      const wanted = await wantedData(repo, targets, { ...options, unpushed: false })
      const transfers: Transfer[] = []
      const reach = openReach()
      const routes = routesOf(repo, wanted, options.remotes)
      const runs =
        options.runCache && !options.dryRun ? await runRoutes(repo, session, reach, options, pushRuns) : NO_RUNS
      for (const { remotes, data } of [...routes, ...runs.routes]) {
        for (const name of remotes) {
          const isDoubted = targets.length > 0
          const transfer = await reach.ask(name, () => pushTo(repo, session, name, data, { ...options, isDoubted }))
          if (transfer) transfers.push(transfer)
        }
      }
      reach.needOne()
      const unreached = reach.unreached()
      const isAll = unreached.length === 0 && transfers.every(isComplete)
      return { transfers, runs: runs.count, unreached, isComplete: isAll, root: repo.root }
    }),
  )
}

async function pushTo(
  repo: DvcRepo,
  session: RemoteSession,
  name: string,
  data: readonly WantedData[],
  options: TransferOptions & { readonly isDoubted: boolean },
): Promise<Transfer> {
  const remote = await session.open(name)
  needPut(remote, name)
  const jobs = session.jobs(name) ?? remote.jobs
  if (session.keepsVersions(name)) return pushVersions(repo, name, remote, data, { ...options, jobs })
  const plan = await planPush(repo, name, remote, data, { ...options, jobs })
  const outcome = options.dryRun ? NOTHING : await executePush(repo, plan, remote, { ...options, jobs })
  return { plan, ...outcome }
}

function isComplete({ plan, failed }: Transfer): boolean {
  return failed.length === 0 && plan.missing.length === 0
}
