import type { Held, Remote } from '../remotes/remote.ts'
import { transferEach } from './pool.ts'
import { withRetries, type RetryOptions } from './retry.ts'

/** How a remote is asked. */
export interface PresenceOptions extends RetryOptions {
  /** Questions at a time. */
  readonly jobs: number
  /** Called with the number of keys that an answer was about. */
  readonly onAsked?: ((keys: number) => void) | undefined
}

/**
 * Finds out which objects a remote has: by a question for each, or by listing where that takes fewer. The keys begin with
 * their folder; how many keys one folder holds tells what listing all of them would take, since hashes are spread evenly.
 *
 * @returns what it has of the keys
 * @throws DS_REMOTE_FAILED, DS_REMOTE_DENIED, DS_ABORTED
 */
export async function presenceOf(
  remote: Remote,
  keys: readonly string[],
  options: PresenceOptions,
): Promise<Map<string, Held>> {
  const found = new Map<string, Held>()
  const folders = new Map<string, string[]>()
  for (const key of keys) {
    const folder = key.slice(0, key.lastIndexOf('/') + 1)
    const within = folders.get(folder)
    if (within) within.push(key)
    else folders.set(folder, [key])
  }
  const list = (folder: string): Promise<number> => listInto(remote, folder, folders.get(folder) ?? [], found, options)
  const ask = async (key: string): Promise<void> => {
    const held = await withRetries(`${remote.url}/${key}`, options, () => remote.has(key, options))
    if (held) found.set(key, held)
    options.onAsked?.(1)
  }
  const [first, ...others] = folders.keys()
  if (first === undefined) return found
  if (!remote.list || remote.pageSize === undefined || folders.size >= keys.length) {
    await each(keys, options, ask)
    return found
  }
  const pages = await list(first)
  if (pages * others.length < keys.length) {
    await each(others, options, async (folder) => void (await list(folder)))
  } else {
    const rest = others.flatMap((folder) => folders.get(folder) ?? [])
    await each(rest, options, ask)
  }
  return found
}

async function each<Item>(
  items: readonly Item[],
  { jobs, signal }: PresenceOptions,
  one: (item: Item) => Promise<void>,
): Promise<void> {
  const [failed] = await transferEach(items, jobs, signal, one)
  if (failed) throw failed.error
}

/** @returns how many pages it took */
async function listInto(
  remote: Remote,
  folder: string,
  wanted: readonly string[],
  found: Map<string, Held>,
  options: PresenceOptions,
): Promise<number> {
  const keys = new Set(wanted)
  const pages = await withRetries(`${remote.url}/${folder}`, options, async () => {
    let count = 0
    for await (const page of remote.list?.(folder, options) ?? []) {
      count++
      for (const { key, ...held } of page) if (keys.has(key)) found.set(key, held)
    }
    return count
  })
  options.onAsked?.(wanted.length)
  return Math.max(1, pages)
}
