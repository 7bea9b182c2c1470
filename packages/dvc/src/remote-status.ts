import { checkCall } from './call.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { needRepo } from './repo.ts'
import { compareWithRemote, type ComparedDirectory, type ComparedObject } from './transfer/compare.ts'
import { needObjects, routesOf, withRemotes, type TransferOptions } from './transfer/session.ts'
import { wantedData } from './transfer/wanted.ts'
import { shownFrom } from './workspace/targets.ts'

/** Where data is: in the cache but not on the remote, on the remote but not in the cache, or on neither. */
export type RemoteState = 'new' | 'deleted' | 'missing'

/** What the cache and remotes differ in. */
export interface RemoteStatusReport {
  /** The remotes that the cache was compared with. */
  readonly remotes: readonly string[]
  /** The JSON of `dvc status -c`: by path as it is seen from the working directory. Empty where they are in sync. */
  readonly states: Readonly<Record<string, RemoteState>>
}

/**
 * Compares the cache with remotes, as `dvc status -c` does. Nothing is transferred, except for the manifests of directories
 * that only the remote has.
 *
 * @param targets as `push` takes them
 * @throws DS_REMOTE_UNKNOWN, DS_REMOTE_UNSUPPORTED, DS_REMOTE_PACKAGE, DS_REMOTE_DENIED, DS_REMOTE_FAILED, DS_DVC_TARGET,
 *   DS_ABORTED
 * @example (await remoteStatus([], { cwd: process.cwd() })).states // { 'data/a.csv': 'new' }
 */
export async function remoteStatus(targets: readonly string[], options: TransferOptions): Promise<RemoteStatusReport> {
  checkCall(options, { targets, remotes: options?.remotes ?? [] })
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, onWait, signal, cwd } = options
  return withRepoLock(repo, { timeout, signal, onWait, reading: true }, () =>
    withRemotes(repo, options, async (session) => {
      const wanted = await wantedData(repo, targets, options)
      const states: Record<string, RemoteState> = {}
      const names = new Set<string>()
      const note = (object: ComparedObject): void => {
        const state = stateOf(object)
        if (state) states[shownFrom(repo, cwd, object.path)] = state
      }
      for (const { remotes, data } of routesOf(repo, wanted, options.remotes)) {
        for (const name of remotes) {
          names.add(name)
          needObjects(session, name, 'a comparison')
          const remote = await session.open(name)
          const jobs = session.jobs(name) ?? remote.jobs
          const compared = await compareWithRemote(repo, remote, data, {
            ...options,
            jobs,
            isThorough: true,
            isDoubted: targets.length > 0,
          })
          compared.files.forEach(note)
          compared.directories.forEach((directory) => noteDirectory(directory, note))
        }
      }
      return { remotes: [...names], states }
    }),
  )
}

function noteDirectory(directory: ComparedDirectory, note: (object: ComparedObject) => void): void {
  note(directory)
  for (const member of directory.members ?? []) if (member.isWanted) note(member)
}

function stateOf({ inCache, onRemote }: ComparedObject): RemoteState | undefined {
  if (inCache) return onRemote ? undefined : 'new'
  return onRemote ? 'deleted' : 'missing'
}
