import { failure } from '../codes.ts'
import type { Scope } from '../history/used.ts'
import { openRemote, remoteNamed, type NamedRemote } from '../remotes/open.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo, RepoOptions } from '../repo.ts'
import type { ExecuteOptions } from './execute.ts'
import type { WantedByRemote, WantedData } from './wanted.ts'

/** How data gets to remotes and from them. */
export interface TransferOptions extends RepoOptions, Scope, Omit<ExecuteOptions, 'signal' | 'progress'> {
  /** Remotes instead of the default one, for data that names none of its own. */
  readonly remotes?: readonly string[] | undefined
  /** Whether a folder means all that is tracked beneath it; false by default. */
  readonly recursive?: boolean | undefined
  /** Whether targets are globs, as `data/*.csv`; false by default. */
  readonly glob?: boolean | undefined
  /** Whether data is meant too that the stages of the targets depend on; false by default. */
  readonly withDeps?: boolean | undefined
  /** Bytes that data has at most, a directory as a whole; any size by default. */
  readonly maxSize?: number | undefined
  /** Whether records of runs go along, and the data that they speak of; false by default (`--run-cache`). */
  readonly runCache?: boolean | undefined
  /** Whether nothing is transferred; false by default. */
  readonly dryRun?: boolean | undefined
  /** Opens a remote, with a client of one's own for one; {@link openRemote} by default. */
  readonly open?: ((remote: NamedRemote) => Promise<Remote>) | undefined
}

/** Remotes that were opened, each once. */
export interface RemoteSession {
  /**
   * Opens a remote.
   *
   * @throws DS_REMOTE_UNKNOWN, DS_REMOTE_UNSUPPORTED, DS_REMOTE_PACKAGE
   */
  open(name: string): Promise<Remote>
  /** Whether a remote has the repository's own paths, and versions of them (`version_aware`). */
  keepsVersions(name: string): boolean
  /** How many objects at a time, by the options, then the remote's settings. */
  jobs(name: string): number | undefined
}

/** Data and the remotes that it goes to, or comes from: one after the other. */
export interface Route {
  readonly remotes: readonly string[]
  readonly data: readonly WantedData[]
}

/** Works with remotes, and closes them however the work ends. */
export async function withRemotes<Result>(
  { config }: DvcRepo,
  options: TransferOptions,
  work: (session: RemoteSession) => Promise<Result>,
): Promise<Result> {
  const opened = new Map<string, Promise<Remote>>()
  const open = options.open ?? ((remote: NamedRemote) => openRemote(remote, { env: options.env }))
  try {
    return await work({
      open(name) {
        const remote = opened.get(name) ?? open(remoteNamed(config, name))
        opened.set(name, remote)
        return remote
      },
      keepsVersions: (name) => isOn(remoteNamed(config, name).settings['version_aware']),
      jobs(name) {
        const jobs = Number(remoteNamed(config, name).settings['jobs'])
        return options.jobs ?? (jobs >= 1 ? jobs : undefined)
      },
    })
  } finally {
    for (const remote of opened.values()) await remote.then((one) => one.close?.()).catch(() => undefined)
  }
}

function isOn(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}

/**
 * Refuses what makes no sense on a remote that has paths and versions instead of objects.
 *
 * @throws DS_REMOTE_UNSUPPORTED
 */
export function needObjects(session: RemoteSession, name: string, what: string): void {
  if (!session.keepsVersions(name)) return
  throw failure('DS_REMOTE_UNSUPPORTED', `${what} is not there for '${name}', which keeps versions of paths`, {
    where: name,
    hint: 'The .dvc files tell which versions it has; name another remote with --remote.',
  })
}

/**
 * Which data goes which way: what names a remote of its own goes there, the rest to the remotes that were asked for, or to
 * the default one.
 *
 * @throws DS_REMOTE_UNKNOWN
 */
export function routesOf(repo: DvcRepo, wanted: WantedByRemote, asked: readonly string[] = []): Route[] {
  const routes: Route[] = []
  for (const name of asked) remoteNamed(repo.config, name)
  for (const [own, data] of wanted) routes.push({ remotes: remotesAsked(repo, own === '' ? asked : [own]), data })
  return routes
}

/**
 * The remotes that were asked for, or the default one.
 *
 * @throws DS_REMOTE_UNKNOWN
 */
export function remotesAsked({ config }: DvcRepo, asked: readonly string[] = []): string[] {
  const names = asked.length > 0 ? asked : [undefined]
  return [...new Set(names.map((name) => remoteNamed(config, name).name))]
}

/**
 * Refuses to write to a remote that can only be read.
 *
 * @throws DS_REMOTE_UNSUPPORTED
 */
export function needPut(remote: Remote, name: string): void {
  if (remote.put) return
  throw failure('DS_REMOTE_UNSUPPORTED', `the remote '${name}' (${remote.url}) can only be read`, { where: name })
}
