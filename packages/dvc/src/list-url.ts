import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkFolder } from './call.ts'
import { failure } from './codes.ts'
import { closeUrl, notAt, urlPlace, type LocalPlace, type RemotePlace, type UrlOptions } from './elsewhere/url-place.ts'
import { compareCodePoints } from './formats/python.ts'
import { findRepo, type RepoOptions } from './repo.ts'
import { withRetries, type RetryOptions } from './transfer/retry.ts'

/** Something at an address. */
export interface UrlEntry {
  /** Relative to the address; for a file that was named itself, as it was named. */
  readonly path: string
  readonly isdir: boolean
  /** Bytes; absent for directories, and where the server does not say it. */
  readonly size?: number
}

/** How an address is listed. */
export interface ListUrlOptions
  extends UrlOptions, Pick<RepoOptions, 'cwd' | 'user' | 'signal'>, Pick<RetryOptions, 'onRetry'> {
  /** Whether folders are looked into, instead of named; false by default. */
  readonly recursive?: boolean | undefined
  /** How deep a recursive list goes: folders there are named; without limit by default. */
  readonly level?: number | undefined
}

/**
 * Lists what is at an address or a path of this machine, as `dvc list-url` does, ordered by path.
 *
 * @throws DS_DVC_PATH_MISSING, DS_REMOTE_*, DS_DVC_UNREADABLE, DS_ABORTED
 * @example await listUrl('s3://lake/raw', { cwd: process.cwd() }) // [{ path: 'a.csv', isdir: false, size: 3 }]
 */
export async function listUrl(url: string, options: ListUrlOptions): Promise<UrlEntry[]> {
  checkFolder(options?.cwd)
  const { cwd, recursive = false, level, env, user } = options
  const repo = await findRepo(cwd, env, user).catch(() => undefined)
  const place = await urlPlace(url, cwd, repo?.config, options)
  try {
    const depth = recursive ? (level ?? Infinity) : 1
    const found = place.kind === 'local' ? ofFolder(place, url, depth) : await ofRemote(place, url, options)
    const entries = found.length === 1 && found[0]?.path === '' ? [{ ...found[0], path: url }] : atDepth(found, depth)
    return entries.toSorted((a, b) => compareCodePoints(a.path, b.path))
  } finally {
    await closeUrl(place)
  }
}

function ofFolder({ path }: LocalPlace, url: string, depth: number): UrlEntry[] {
  const top = statSync(path, { throwIfNoEntry: false })
  if (!top) throw notAt(url)
  if (!top.isDirectory()) return [{ path: '', isdir: false, size: top.size }]
  const entries: UrlEntry[] = []
  const visit = (folder: string, prefix: string, left: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const name = prefix + entry.name
      // A link to a folder may lead around in circles.
      const found = entry.isDirectory() ? undefined : statSync(join(folder, entry.name), { throwIfNoEntry: false })
      const isdir = entry.isDirectory() || found?.isDirectory() === true
      if (entry.isDirectory() && left > 1) visit(join(folder, entry.name), `${name}/`, left - 1)
      else entries.push({ path: name, isdir, ...(isdir || !found ? {} : { size: found.size }) })
    }
  }
  visit(path, '', depth)
  return entries
}

async function ofRemote({ remote, key }: RemotePlace, url: string, options: ListUrlOptions): Promise<UrlEntry[]> {
  const held = key === '' ? undefined : await withRetries(url, options, () => remote.has(key, options))
  if (held) return [{ path: '', isdir: false, ...(held.bytes === undefined ? {} : { size: held.bytes }) }]
  if (!remote.list) {
    throw failure('DS_REMOTE_UNSUPPORTED', `${remote.url} cannot be listed: it tells of one file at a time`, {
      where: remote.url,
      hint: 'Name a file there.',
    })
  }
  const prefix = key === '' ? '' : `${key}/`
  const entries = await withRetries(url, options, async () => {
    const found: UrlEntry[] = []
    for await (const page of remote.list?.(prefix, options) ?? []) {
      for (const one of page) {
        if (!one.key.endsWith('/')) found.push({ path: one.key.slice(prefix.length), isdir: false, size: one.bytes })
      }
    }
    return found
  })
  if (entries.length === 0) throw notAt(url)
  return entries
}

/** Files down to a depth, and the folders there. */
function atDepth(entries: readonly UrlEntry[], depth: number): UrlEntry[] {
  const folders = new Map<string, UrlEntry>()
  const files: UrlEntry[] = []
  for (const entry of entries) {
    const parts = entry.path.split('/')
    if (parts.length <= depth) files.push(entry)
    else {
      const path = parts.slice(0, depth).join('/')
      folders.set(path, { path, isdir: true })
    }
  }
  return [...files, ...folders.values()]
}
