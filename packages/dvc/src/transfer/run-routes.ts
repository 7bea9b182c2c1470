import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import type { PresenceOptions } from './presence.ts'
import type { Reach } from './reach.ts'
import type { RunTransfer } from './run-cache.ts'
import { remotesAsked, type RemoteSession, type Route, type TransferOptions } from './session.ts'

/** Ways of the data that records of runs speak of, and how many records went before it. */
interface RunRoutes {
  readonly routes: readonly Route[]
  readonly count: number
}

/** Where nobody asked for records of runs. */
export const NO_RUNS: RunRoutes = { routes: [], count: 0 }

/**
 * Transfers records of runs, and tells which way the data goes that they speak of. A remote that cannot be reached is left out.
 *
 * @param transfer sends the records to one remote, or brings them from it
 * @throws what `transfer` throws that is not a remote's fault; DS_REMOTE_UNKNOWN
 */
export async function runRoutes(
  repo: DvcRepo,
  session: RemoteSession,
  reach: Reach,
  options: TransferOptions,
  transfer: (repo: DvcRepo, remote: Remote, name: string, options: PresenceOptions) => Promise<RunTransfer>,
): Promise<RunRoutes> {
  const routes: Route[] = []
  let count = 0
  for (const name of remotesAsked(repo, options.remotes)) {
    const transferred = await reach.ask(name, async () => {
      const remote = await session.open(name)
      return transfer(repo, remote, name, { ...options, jobs: session.jobs(name) ?? remote.jobs })
    })
    if (!transferred) continue
    count += transferred.runs
    if (transferred.wanted.length > 0) routes.push({ remotes: [name], data: transferred.wanted })
  }
  return { routes, count }
}
