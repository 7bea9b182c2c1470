import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import type { PresenceOptions } from './presence.ts'
import type { RunTransfer } from './run-cache.ts'
import { remotesAsked, type RemoteSession, type Route, type TransferOptions } from './session.ts'

/** Ways of the data that records of runs speak of, and how many records went before it. */
export interface RunRoutes {
  readonly routes: readonly Route[]
  readonly count: number
}

/** Where nobody asked for records of runs. */
export const NO_RUNS: RunRoutes = { routes: [], count: 0 }

/**
 * Transfers records of runs, and tells which way the data goes that they speak of.
 *
 * @param transfer sends the records to one remote, or brings them from it
 * @throws what `transfer` throws; DS_REMOTE_UNKNOWN
 */
export async function runRoutes(
  repo: DvcRepo,
  session: RemoteSession,
  options: TransferOptions,
  transfer: (repo: DvcRepo, remote: Remote, name: string, options: PresenceOptions) => Promise<RunTransfer>,
): Promise<RunRoutes> {
  const routes: Route[] = []
  let count = 0
  for (const name of remotesAsked(repo, options.remotes)) {
    const remote = await session.open(name)
    const { runs, wanted } = await transfer(repo, remote, name, { ...options, jobs: session.jobs(name) ?? remote.jobs })
    count += runs
    if (wanted.length > 0) routes.push({ remotes: [name], data: wanted })
  }
  return { routes, count }
}
