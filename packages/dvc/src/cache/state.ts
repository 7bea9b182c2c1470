import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TreeEntry } from '../formats/tree.ts'
import type { HashAlgorithm } from './hash.ts'
import { changedAt, TICK, tickOf, type Stamp } from './stamp.ts'
import {
  bytesOf,
  emptyStateFile,
  readStateFile,
  writeStateFile,
  type Extra,
  type StateFile,
  type StateRows,
} from './state-file.ts'
import { MD5, NUMBERS, type StateColumns } from './state-columns.ts'

/**
 * What is known of files without reading them: the md5 that a file had when it was read last, believed only while the
 * system tells the very same of it. It lies in `.dvc/tmp`, which git ignores and DVC never reads; without it, or with a
 * torn one, everything is read once more.
 */
export interface State {
  /**
   * The md5 of a file's content.
   *
   * @param key the file's path relative to the repository's root; `/md5/` and its digits for an object of the cache
   * @returns `undefined` where the file is not known, or not the same any more
   */
  find(key: string, stamp: Stamp): string | undefined
  /**
   * Remembers what was read.
   *
   * @param since milliseconds at which the reading began; `undefined` for a file that this process has just made
   */
  put(key: string, stamp: Stamp, md5: string, since?: number): void
  /** What was known when the state was opened. */
  readonly known: KnownFiles
  /** Remembers what all files of a directory come to, each as it was found or put. */
  putTree(directory: string, digits: string, entries: readonly TreeEntry[]): void
  /** Forgets the files beneath a folder that were neither found nor put since the state was opened. */
  cover(folder: string): void
  /** The outputs that a checkout put into the workspace, with their hashes. */
  readonly placed: Map<string, string>
  /** Manifests whose objects were all there, each with the mark of the cache at that time. */
  readonly whole: Map<string, string>
  /** Writes what was learnt. It is a help and no more: where it cannot be written, nothing is said. */
  save(): Promise<void>
}

/** Files as a state knew them when it was opened, by number, in the order of manifests. */
export interface KnownFiles extends Pick<StateFile, 'count' | 'columns' | 'memory' | 'keyAt' | 'md5At' | 'bytesAt'> {
  /** Where a key stands, or -1; also for one that something newer is known of. */
  indexOf(key: string): number
  /** Whether the system tells the very same of a file as it did then. */
  isSame(at: number, stamp: Stamp): boolean
  /** Where the keys beneath a folder begin, and how many there are. */
  beneath(folder: string): { readonly first: number; readonly count: number }
  /** Directories whose files were all known, one after the other. */
  readonly trees: ReadonlyMap<string, { readonly first: number; readonly count: number; readonly digits: string }>
}

/** What was learnt of a file since the state was opened. */
interface Fresh extends Stamp {
  readonly md5: string
  readonly since: number | undefined
}

/** What comes right after a slash in the order of bytes. */
const AFTER_SLASH = '0'

/**
 * Opens the state of a repository.
 *
 * @param tmpDir the repository's `.dvc/tmp`
 * @example openState('/r/.dvc/tmp').find('data/weather.csv', stampOf(lstatSync(path, { bigint: true })))
 */
export function openState(tmpDir: string): State {
  const path = join(tmpDir, 'dayshift', 'state')
  const file = readStateFile(path) ?? emptyStateFile()
  const { extra } = file
  const used = new Uint8Array(file.count)
  const fresh = openFresh()
  const covered: string[] = []
  const trees = new Map<string, Tree>()
  const knownTrees = new Map(extra.trees.map(([tree, first, count, digits]) => [tree, { first, count, digits }]))
  const before = JSON.stringify([extra.placed, extra.whole])
  const placed = new Map(extra.placed)
  const whole = new Map(extra.whole)

  return {
    find(key, stamp) {
      const entry = fresh.get(key)
      if (entry) return sameStamp(entry, stamp) && !mayHaveChanged(entry) ? entry.md5 : undefined
      const at = file.indexOf(key)
      if (at < 0) return undefined
      used[at] = 1
      return file.isSame(at, stamp) ? file.md5At(at) : undefined
    },
    put: (key, stamp, md5, since) => fresh.put(key, stamp, md5, since),
    known: {
      ...file,
      indexOf(key) {
        const at = file.indexOf(key)
        if (at >= 0) used[at] = 1
        return at
      },
      beneath(folder) {
        const first = file.firstFrom(`${folder}/`)
        return { first, count: file.firstFrom(folder + AFTER_SLASH) - first }
      },
      trees: knownTrees,
    },
    putTree(directory, digits, entries) {
      trees.set(directory, { digits, entries })
    },
    cover(folder) {
      covered.push(`${folder}/`)
    },
    placed,
    whole,
    async save() {
      const rest = { placed: [...placed], whole: [...whole] }
      const isNews = [...trees].some(([tree, { digits }]) => knownTrees.get(tree)?.digits !== digits)
      if (fresh.size === 0 && !isNews && JSON.stringify([rest.placed, rest.whole]) === before) return
      try {
        await settle(fresh)
        const rows = mergedRows(file, used, fresh, covered)
        const inRow = [...knownTrees].flatMap(([tree, { first, count, digits }]) =>
          trees.has(tree)
            ? []
            : rowsOfTree(
                rows,
                tree,
                digits,
                count,
                (row, nth) => rows.sourceOf(row) === file.columns && rows.placeOf(row) === first + nth,
              ),
        )
        for (const [tree, { digits, entries }] of trees) {
          const folder = `${bytesOf(tree)}/`
          const isRow = (row: number, nth: number): boolean => {
            const { relpath, md5 } = entries[nth] as TreeEntry
            const at = rows.placeOf(row) * MD5
            return (
              rows.keyOf(row) === folder + bytesOf(relpath) &&
              rows.sourceOf(row).md5s.toString('hex', at, at + MD5) === md5
            )
          }
          inRow.push(...rowsOfTree(rows, tree, digits, entries.length, isRow))
        }
        writeStateFile(path, rows, { ...rest, trees: inRow })
      } catch {
        // The next run reads the files again.
      }
    },
  }
}

interface Tree {
  readonly digits: string
  readonly entries: readonly TreeEntry[]
}

/** The key by which a state knows a file of the workspace; the hashes of DVC 2 are others. */
export function stateKey(path: string, algorithm: HashAlgorithm = 'md5'): string {
  return algorithm === 'md5' ? path : `/${algorithm}/${path}`
}

function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino && a.size === b.size
}

/** A file that was written to within the tick in which its reading began may have the same times before and after. */
function mayHaveChanged(entry: Pick<Fresh, 'since' | 'mtimeNs' | 'ctimeNs'>): boolean {
  return entry.since !== undefined && changedAt(entry) + tickOf(entry) > entry.since
}

/** Drops what cannot be believed. For what this process wrote itself, the tick is waited for. */
async function settle(fresh: FreshEntries): Promise<void> {
  const now = Date.now()
  let newest = 0
  for (const [key, at] of fresh.entries()) {
    const entry = fresh.at(at)
    const changed = changedAt(entry)
    const tick = tickOf(entry)
    if (entry.since === undefined && tick === TICK) newest = Math.max(newest, Math.min(changed, now))
    else if (mayHaveChanged({ ...entry, since: entry.since ?? now })) fresh.drop(key)
  }
  const left = newest + TICK - now
  if (left > 0) await sleep(left)
}

/** What was learnt, in columns: of many files, objects would fill the memory. */
interface FreshEntries {
  readonly size: number
  get(key: string): Fresh | undefined
  at(at: number): Fresh
  put(key: string, stamp: Stamp, md5: string, since?: number): void
  drop(key: string): void
  entries(): IterableIterator<[key: string, at: number]>
  readonly columns: Pick<StateColumns, 'numbers' | 'md5s'>
}

function openFresh(): FreshEntries {
  const places = new Map<string, number>()
  let numbers = new BigInt64Array()
  let md5s = Buffer.alloc(0)
  let times = new Float64Array()
  let end = 0

  const grow = (): void => {
    const room = Math.max(64, end * 2)
    const [before, digits, since] = [numbers, md5s, times]
    numbers = new BigInt64Array(room * NUMBERS)
    numbers.set(before)
    md5s = Buffer.alloc(room * MD5)
    digits.copy(md5s)
    times = new Float64Array(room)
    times.set(since)
  }

  const at = (place: number): Fresh => {
    const [mtimeNs = 0n, ctimeNs = 0n, ino = 0n, size = 0n] = numbers.subarray(place * NUMBERS, (place + 1) * NUMBERS)
    const since = times[place] as number
    const md5 = md5s.toString('hex', place * MD5, place * MD5 + MD5)
    return { mtimeNs, ctimeNs, ino, size, md5, since: Number.isNaN(since) ? undefined : since }
  }

  return {
    get size() {
      return places.size
    },
    get(key) {
      const place = places.size === 0 ? undefined : places.get(key)
      return place === undefined ? undefined : at(place)
    },
    at,
    put(key, { mtimeNs, ctimeNs, ino, size }, md5, since = NaN) {
      const place = places.get(key) ?? end
      if (place === times.length) grow()
      if (place === end) places.set(key, end++)
      numbers[place * NUMBERS] = mtimeNs
      numbers[place * NUMBERS + 1] = ctimeNs
      numbers[place * NUMBERS + 2] = ino
      numbers[place * NUMBERS + 3] = size
      md5s.write(md5, place * MD5, 'hex')
      times[place] = since
    },
    drop: (key) => void places.delete(key),
    entries: () => places.entries(),
    get columns() {
      return { numbers, md5s }
    },
  }
}

/** All entries that stay, in the order of their keys. */
function mergedRows(file: StateFile, used: Uint8Array, fresh: FreshEntries, covered: readonly string[]): StateRows {
  const keys: string[] = []
  const news: number[] = []
  for (const [key, at] of fresh.entries()) {
    keys[at] = bytesOf(key)
    news.push(at)
  }
  news.sort((a, b) => ((keys[a] as string) < (keys[b] as string) ? -1 : 1))
  /** Entries of the file by their numbers, new ones by theirs turned over. */
  const rows = new Int32Array(file.count + news.length)
  let count = 0
  let next = 0
  const keyOfNext = (): string | undefined => keys[news[next] ?? -1]
  for (let at = 0; at < file.count; at++) {
    const known = file.keyAt(at)
    const key = bytesOf(known)
    for (let one = keyOfNext(); one !== undefined && one < key; one = keyOfNext())
      rows[count++] = ~(news[next++] as number)
    if (keyOfNext() === key) continue
    if (used[at] === 0 && covered.some((folder) => known.startsWith(folder))) continue
    rows[count++] = at
  }
  while (next < news.length) rows[count++] = ~(news[next++] as number)
  const { columns } = fresh
  return {
    count,
    keyOf(row) {
      const at = rows[row] as number
      return at < 0 ? (keys[~at] as string) : bytesOf(file.keyAt(at))
    },
    sourceOf: (row) => ((rows[row] as number) < 0 ? columns : file.columns),
    placeOf: (row) => ((rows[row] as number) < 0 ? ~(rows[row] as number) : (rows[row] as number)),
  }
}

/** Where a directory's files stand, if they are all that there is beneath it. */
function rowsOfTree(
  rows: StateRows,
  tree: string,
  digits: string,
  count: number,
  isRow: (row: number, nth: number) => boolean,
): Extra['trees'][number][] {
  const folder = `${bytesOf(tree)}/`
  let first = 0
  for (let high = rows.count; first < high;) {
    const middle = (first + high) >> 1
    if (rows.keyOf(middle) < folder) first = middle + 1
    else high = middle
  }
  const end = first + count
  if (count === 0 || end > rows.count || (end < rows.count && rows.keyOf(end).startsWith(folder))) return []
  for (let nth = 0; nth < count; nth++) if (!isRow(first + nth, nth)) return []
  return [[tree, first, count, digits]]
}
