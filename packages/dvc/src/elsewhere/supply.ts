import { failure } from '../codes.ts'
import type { DataHash } from '../cache/hash.ts'
import type { Landing } from '../cache/landing.ts'
import { objectPlace } from '../cache/layout.ts'
import { isObjectLost } from '../cache/manifest.ts'
import type { TreeEntry } from '../formats/tree.ts'
import { localRemote } from '../remotes/local.ts'
import { openRemote, remoteNamed, type NamedRemote } from '../remotes/open.ts'
import type { Remote } from '../remotes/remote.ts'
import { ownManifest, theirManifest } from '../transfer/manifests.ts'
import { receive, type ReceiveOptions } from '../transfer/receive.ts'
import type { Environment } from '../git/git.ts'
import type { SourcePlace } from './source.ts'

/** How objects of another repository are brought. */
export interface SupplyOptions extends ReceiveOptions {
  readonly env?: Environment | undefined
  /** Opens a remote, with a client of one's own for one; {@link openRemote} by default. */
  readonly open?: ((remote: NamedRemote) => Promise<Remote>) | undefined
}

/** Where objects of another repository come from: its cache where that is on this machine, then its remotes. */
export interface Supply {
  /**
   * Brings an object to a landing, held against its name.
   *
   * @param own the remote that this data goes to instead of the default one
   * @returns its bytes
   * @throws DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT, DS_REMOTE_UNKNOWN, DS_REMOTE_FAILED, DS_REMOTE_DENIED, DS_ABORTED
   */
  bring(hash: DataHash, own: string | undefined, landing: Landing): Promise<number>
  /** The files of a directory. Throws as `bring`. */
  manifest(hash: DataHash, own: string | undefined): Promise<readonly TreeEntry[]>
  close(): Promise<void>
}

/** @param url the repository, for errors */
export function openSupply({ repo, ownCache }: SourcePlace, url: string, options: SupplyOptions): Supply {
  const { config } = repo
  const opened = new Map<string, Promise<Remote>>()
  const own = ownCache === undefined ? undefined : localRemote({ dir: ownCache, shared: false })
  const open = options.open ?? ((remote: NamedRemote) => openRemote(remote, { env: options.env }))

  const remoteOf = (name: string | undefined): Promise<Remote> => {
    const named = remoteNamed(config, name)
    const remote = opened.get(named.name) ?? open(named)
    opened.set(named.name, remote)
    return remote
  }

  /** Asks one place after the other. */
  const first = async <Found>(
    hash: DataHash,
    name: string | undefined,
    ask: (remote: Remote) => Promise<Found | undefined>,
  ): Promise<Found> => {
    const inCache = own && (await ask(own).catch(orLost))
    if (inCache !== undefined) return inCache
    if (name === undefined && config.remote === undefined) throw nowhere(hash, url, own ? 'its cache' : undefined)
    const found = await ask(await remoteOf(name))
    if (found !== undefined) return found
    throw nowhere(hash, url, (await remoteOf(name)).url)
  }

  return {
    bring: (hash, name, landing) =>
      first(hash, name, (remote) => receive(remote, objectPlace(hash), hash, landing, options)),
    manifest: async (hash, name) =>
      (await ownManifest(config.cacheDir, hash)) ??
      first(hash, name, async (remote) => (await theirManifest(remote, hash, options))?.entries),
    async close() {
      for (const remote of opened.values()) await remote.then((one) => one.close?.()).catch(() => undefined)
    },
  }
}

/** What is broken in a cache may be whole on a remote. */
function orLost(error: unknown): undefined {
  if (!isObjectLost(error)) throw error
  return undefined
}

function nowhere({ digits }: DataHash, url: string, asked: string | undefined): Error {
  const where = asked === undefined ? 'it has no default remote' : `${asked} does not have it`
  return failure('DS_DVC_OBJECT_MISSING', `md5:${digits} of ${url} is out of reach: ${where}`, {
    where: `md5:${digits}`,
    hint: 'Push it there with `dayshift dvc push`, or name another of its remotes with --remote (in code remote).',
  })
}
