import { join } from 'node:path'
import { openLanding } from './cache/landing.ts'
import { objectPlace } from './cache/layout.ts'
import { cachePlaceOf } from './cache/objects.ts'
import { openState } from './cache/state.ts'
import { checkCall } from './call.ts'
import { fetchImports } from './elsewhere/fetch-imports.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import type { Remote } from './remotes/remote.ts'
import { needRepo, type DvcRepo } from './repo.ts'
import { executeFetch, NOTHING, type Transfer } from './transfer/execute.ts'
import type { PlannedObject } from './transfer/plan.ts'
import { planFetch } from './transfer/plan-fetch.ts'
import { planFetchVersions } from './transfer/plan-fetch-versions.ts'
import { openReach, type Reach, type UnreachedRemote } from './transfer/reach.ts'
import { fetchRuns } from './transfer/run-cache.ts'
import { NO_RUNS, runRoutes } from './transfer/run-routes.ts'
import { routesOf, withRemotes, type RemoteSession, type TransferOptions } from './transfer/session.ts'
import { wantedData, type WantedData } from './transfer/wanted.ts'

/** What a fetch has done: a transfer for each remote that was asked. */
export interface FetchResult {
  readonly transfers: readonly Transfer[]
  /** Records of runs that have come, where that was asked for. */
  readonly runs: number
  /** What none of the remotes has, or gave in another form than its name says. */
  readonly missing: readonly PlannedObject[]
  /** Remotes that could not be asked, or gave nothing any more: what others had has come all the same. */
  readonly unreached: readonly UnreachedRemote[]
  /** Whether the cache has all that was asked for. */
  readonly isComplete: boolean
}

/**
 * Brings data from remotes into the cache, as `dvc fetch` does; the workspace stays as it is. What comes is held against
 * its name on the way: nothing else gets into the cache. Where several remotes are named, each is asked for what those
 * before it lack. A remote that cannot be reached keeps no other from it; where none can, that is an error. Imports come from
 * the repositories that they were imported from, as these were then.
 *
 * @param targets tracked paths, paths within tracked directories, `.dvc` files, stages; everything where there are none
 * @throws DS_REMOTE_UNKNOWN, DS_REMOTE_UNSUPPORTED, DS_REMOTE_PACKAGE, DS_REMOTE_DENIED, DS_REMOTE_FAILED, DS_DVC_TARGET,
 *   DS_DVC_WRITE, DS_LOCKED, DS_ABORTED; what has come by then stays
 * @example (await fetch(['data'], { cwd: process.cwd() })).isComplete // true
 */
export async function fetch(targets: readonly string[], options: TransferOptions): Promise<FetchResult> {
  checkCall(options, { targets, remotes: options?.remotes ?? [] })
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, onWait, signal } = options
  return withRepoLock(repo, { timeout, signal, onWait }, () =>
    withRemotes(repo, options, async (session) => {
      const imports: WantedData[] = []
      const wanted = await wantedData(repo, targets, { ...options, onImport: (data) => imports.push(data) })
      const transfers: Transfer[] = []
      const missing: PlannedObject[] = []
      const reach = openReach()
      const routes = routesOf(repo, wanted, options.remotes)
      const runs =
        options.runCache && !options.dryRun ? await runRoutes(repo, session, reach, options, fetchRuns) : NO_RUNS
      for (const { remotes, data } of [...routes, ...runs.routes]) {
        let left: readonly PlannedObject[] | undefined
        for (const name of remotes) {
          if (left?.length === 0) break
          const transfer = await reach.ask(name, () => fetchFrom(repo, session, reach, name, data, options))
          if (!transfer) continue
          transfers.push(transfer)
          left = [...transfer.plan.missing, ...transfer.missing, ...transfer.failed]
        }
        missing.push(...(left ?? (await lackingOf(repo, session, remotes, data, options))))
      }
      for (const transfer of await fetchImports(repo, imports, options)) {
        transfers.push(transfer)
        missing.push(...transfer.plan.missing, ...transfer.missing, ...transfer.failed)
      }
      reach.needOne()
      return { transfers, runs: runs.count, missing, unreached: reach.unreached(), isComplete: missing.length === 0 }
    }),
  )
}

/** What the cache lacks of data that no remote could be asked for. */
async function lackingOf(
  repo: DvcRepo,
  session: RemoteSession,
  [name = '']: readonly string[],
  data: readonly WantedData[],
  options: TransferOptions,
): Promise<PlannedObject[]> {
  const state = openState(join(repo.dvcDir, 'tmp'))
  const planned = session.keepsVersions(name) ? planFetchVersions : planFetch
  const { objects, missing } = await planned(repo, name, NOBODY, data, {
    ...options,
    state,
    onManifest: () => undefined,
  })
  return [...objects, ...missing]
}

/** A remote that has nothing. */
const NOBODY: Remote = { url: '', jobs: 1, has: async () => undefined, get: async () => undefined }

async function fetchFrom(
  repo: DvcRepo,
  session: RemoteSession,
  reach: Reach,
  name: string,
  data: readonly WantedData[],
  options: TransferOptions,
): Promise<Transfer> {
  const remote = await session.open(name)
  const state = openState(join(repo.dvcDir, 'tmp'))
  const landing = openLanding(cachePlaceOf(repo.config))
  const manifests: PlannedObject[] = []
  try {
    const planned = session.keepsVersions(name) ? planFetchVersions : planFetch
    const plan = await planned(repo, name, remote, data, {
      ...options,
      state,
      onManifest(hash, content) {
        if (options.dryRun) return
        landing.write(objectPlace(hash), content)
        const path = data.find((one) => one.hash.digits === hash.digits)?.path ?? ''
        manifests.push({ hash, path, bytes: content.length })
      },
    })
    if (options.dryRun) return { plan, ...NOTHING }
    await landing.settle()
    const jobs = session.jobs(name)
    const onBreak = (error: unknown): void => reach.lose(name, error)
    const outcome = await executeFetch(repo, plan, remote, state, { ...options, jobs, onBreak })
    const bytes = manifests.reduce((sum, one) => sum + (one.bytes ?? 0), outcome.bytes)
    return { plan, ...outcome, done: [...manifests, ...outcome.done], bytes }
  } finally {
    landing.discard()
    if (!options.dryRun) await state.save()
  }
}
