import { realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { DvcConfig, RemoteSettings } from '../config.ts'
import type { Environment } from '../git/git.ts'
import { openRemote, remoteNamed, type NamedRemote } from '../remotes/open.ts'
import type { Remote } from '../remotes/remote.ts'

/** Where data outside of all repositories lies. */
export type UrlPlace = LocalPlace | RemotePlace

/** A file or folder of this machine. */
export interface LocalPlace {
  readonly kind: 'local'
  /** Absolute. */
  readonly path: string
}

/** Something on a server. */
export interface RemotePlace {
  readonly kind: 's3' | 'http' | 'other'
  readonly remote: Remote
  /** What is there, for the remote: what lies above is its address. */
  readonly key: string
}

/** How what an address names is found. */
export interface UrlOptions {
  /** Settings that the address needs, by DVC's names, as those of a remote. */
  readonly settings?: RemoteSettings | undefined
  readonly env?: Environment | undefined
  /** Opens a remote, with a client of one's own for one; {@link openRemote} by default. */
  readonly open?: ((remote: NamedRemote) => Promise<Remote>) | undefined
}

/** What an address is called as a remote. */
const NAME = 'url'

/**
 * Finds what an address or a path names. `remote://store/data` is `data` on the remote `store`.
 *
 * @param folder what a relative path is taken from
 * @param config whose remotes the address may name; none without
 * @throws DS_REMOTE_UNKNOWN, DS_REMOTE_UNSUPPORTED, DS_REMOTE_PACKAGE
 */
export async function urlPlace(
  said: string,
  folder: string,
  config: DvcConfig | undefined,
  { settings = {}, env, open }: UrlOptions,
): Promise<UrlPlace> {
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(said) ?? []
  if (scheme === '') return { kind: 'local', path: resolve(folder, said) }
  if (scheme.toLowerCase() === 'file') return { kind: 'local', path: fileURLToPath(said) }
  const { url = '', ...rest } = settingsFor(said, settings, config)
  const { above, key } = parted(url)
  const [, own = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? []
  if (own === '') return { kind: 'local', path: url }
  const named = { name: withoutSecrets(said), settings: { ...rest, url: above } }
  const remote = await (open?.(named) ?? openRemote(named, { env }))
  const kind = /^https?$/i.test(own) ? 'http' : own.toLowerCase() === 's3' ? 's3' : 'other'
  return { kind, remote, key }
}

function settingsFor(said: string, settings: RemoteSettings, config: DvcConfig | undefined): RemoteSettings {
  const remotes = { ...config?.remotes, [NAME]: { ...settings, url: said } }
  const base: DvcConfig = config ?? { cacheDir: '', noScm: true, autostage: false }
  return remoteNamed({ ...base, remotes }, NAME).settings
}

/** An address as the one above it, and the name in it: a query belongs to the server. */
function parted(url: string): { above: string; key: string } {
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(url) ?? []
  const bare = path.replace(/\/+$/, '')
  const at = bare.lastIndexOf('/')
  const isTop = at < 0 || bare.slice(0, at + 1).endsWith('://')
  if (isTop) return { above: bare + query, key: '' }
  const isCoded = /^https?:/i.test(url)
  const name = bare.slice(at + 1)
  return { above: bare.slice(0, at) + query, key: isCoded ? decoded(name) : name }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/**
 * A path of this machine as a `.dvc` file has it: from its own folder, as long as it lies in the repository or was not said
 * to be an absolute one.
 *
 * @param folder the `.dvc` file's
 */
export function pathToRecord(said: string, path: string, root: string, folder: string): string {
  if (isAbsolute(said) && !isInside(path, root)) return path
  return relative(folder, path).split(sep).join('/')
}

/** Where a path lies in a repository, POSIX; `undefined` where it does not. */
export function placeInside(path: string, root: string): string | undefined {
  const place = `${realOf(dirname(path))}${sep}${basename(path)}`
  return isInside(place, root) ? relative(root, place).split(sep).join('/') : undefined
}

function isInside(path: string, root: string): boolean {
  return path.startsWith(`${root}${sep}`)
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/**
 * Where data comes from as DVC tells it: a path of the repository as it is seen from a folder, other paths as absolute ones,
 * addresses without secrets.
 */
export function urlWords(root: string, said: string, place: UrlPlace | undefined, cwd: string): string {
  if (place?.kind !== 'local') return withoutSecrets(said)
  const inside = placeInside(place.path, root)
  return inside === undefined ? place.path : relative(cwd, `${root}/${inside}`).split(sep).join('/')
}

/** Gives back what was opened to find a place. */
export async function closeUrl(place: UrlPlace): Promise<void> {
  if (place.kind !== 'local') await place.remote.close?.()
}

/** The error for an address at which nothing is. */
export function notAt(said: string): Error {
  const shown = withoutSecrets(said)
  return failure('DS_DVC_PATH_MISSING', `there is nothing at ${shown}`, {
    where: shown,
    hint: 'Check the address, and whether it wants credentials.',
  })
}
